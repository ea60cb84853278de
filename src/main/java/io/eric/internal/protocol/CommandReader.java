package io.eric.internal.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.Payload;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads commands from JSON text in one pass. The payload is checked but not built; its bytes are
 * kept as they came. Immutable, so safe for any thread.
 */
public final class CommandReader {

  private static final int MAX_RAW_SHOWN = 200;
  private static final int MAX_KEY_SHOWN = 64;
  private static final String NO_OBJECT = "not a JSON object";
  private static final String MORE_THAN_ONE = "there is more than one JSON document";

  private final JsonFactory json;
  private final int maxDepth;

  /** Reads payloads nested at most {@code maxDepth} deep. */
  public CommandReader(int maxDepth) {
    this.maxDepth = maxDepth;
    this.json =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(1000)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // The text is UTF-8, and must not be guessed to be UTF-16.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
  }

  /** Reads with the default depth. */
  public CommandReader() {
    this(Payload.DEFAULT_MAX_DEPTH);
  }

  /**
   * Reads one command of docs/PROTOCOL.md section 1.
   *
   * @throws InvalidMessageFormatException giving the reason and then the raw text, cut at 200
   *     characters, if it is not JSON, not an object, or not a valid command
   */
  public Command read(byte[] text, int offset, int length) {
    Fields fields = parse(text, offset, length, Form.COMMAND);
    try {
      return command(fields);
    } catch (InvalidMessageFormatException e) {
      throw because(e.getMessage(), raw(text, offset, length));
    }
  }

  /**
   * Reads the body of a publish over HTTP: {@code {"type": string, "payload": any}}, optionally
   * with {@code key} and {@code sender}.
   *
   * @throws InvalidMessageFormatException if it is not such an object, or has other keys
   */
  public Command.Publish readMessage(
      byte[] body, String channel, @Nullable String listener, @Nullable String key) {
    Fields fields = parse(body, 0, body.length, Form.MESSAGE);
    try {
      return publish(channel, listener, fields, key == null ? fields.key : key);
    } catch (InvalidMessageFormatException e) {
      throw because(e.getMessage(), raw(body, 0, body.length));
    }
  }

  /** Returns whether a body is one message for {@link #readOne} rather than a batch. */
  public static boolean isOne(byte[] body) {
    for (byte b : body) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b == '{';
      }
    }
    return false;
  }

  /**
   * Reads a single message in the form that a batch's members have: {@code {"c", "r"?, "t", "p",
   * "key"?}}.
   *
   * @throws InvalidMessageFormatException if it is not such an object, or has other keys
   */
  public Command.Publish readOne(byte[] body) {
    Fields fields = parse(body, 0, body.length, Form.MEMBER);
    try {
      return publish(fields.channel(), fields.receiver, fields, fields.key);
    } catch (InvalidMessageFormatException e) {
      throw because(e.getMessage(), raw(body, 0, body.length));
    }
  }

  /**
   * Reads a batch: an array of {@code {"c", "r"?, "t", "p", "key"?}}. For a member that is an
   * object but not a valid message, the list has the exception in its place, so that the other
   * members are published.
   *
   * @throws InvalidMessageFormatException if the text is not JSON or not an array of objects
   */
  public List<Object> readBatch(byte[] body) {
    checkText(body, 0, body.length);
    try (JsonParser parser = json.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw because("a batch is an array of objects", raw(body, 0, body.length));
      }
      List<Object> batch = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
          throw new InvalidMessageFormatException("a batch is an array of objects");
        }
        int start = (int) parser.currentTokenLocation().getByteOffset();
        Fields fields = readFields(parser, body, 0, Form.MEMBER);
        try {
          batch.add(publish(fields.channel(), fields.receiver, fields, fields.key));
        } catch (InvalidMessageFormatException e) {
          int end = (int) parser.currentLocation().getByteOffset();
          batch.add(because(e.getMessage(), raw(body, start, end - start)));
        }
      }
      if (parser.nextToken() != null) {
        throw new InvalidMessageFormatException(MORE_THAN_ONE);
      }
      return batch;
    } catch (IOException e) {
      throw refused(e, body, 0, body.length);
    }
  }

  /**
   * Reads the options of a channel that is to be created over HTTP: an object, or nothing.
   *
   * @throws InvalidMessageFormatException if the body is anything else
   */
  public JsonObject readOptions(byte[] body) {
    if (body.length == 0) {
      return new JsonObject();
    }
    checkText(body, 0, body.length);
    try (JsonParser parser = json.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw because(NO_OBJECT, raw(body, 0, body.length));
      }
      Object options = payload(parser, body, 0).value();
      if (parser.nextToken() != null) {
        throw because(MORE_THAN_ONE, raw(body, 0, body.length));
      }
      return options instanceof JsonObject object ? object : new JsonObject();
    } catch (IOException e) {
      throw refused(e, body, 0, body.length);
    }
  }

  /**
   * Checks a body where none is expected: it may be empty, or an object without keys.
   *
   * @throws InvalidMessageFormatException naming a key
   */
  public void checkNothing(byte[] body) {
    if (body.length > 0) {
      for (String key : readOptions(body).fieldNames()) {
        throw because(unknown(key, List.of()), raw(body, 0, body.length));
      }
    }
  }

  /**
   * Reads a command that came over the event bus.
   *
   * @param channel the channel to whose address it was sent, which takes precedence over {@code c};
   *     null if it was sent to no channel's address
   * @throws InvalidMessageFormatException if it is not a valid command
   */
  public Command read(JsonObject body, @Nullable String channel) {
    checkDepth(body, 1); // encoding a value that nests too deep would overflow the stack
    try {
      return command(fields(body, channel));
    } catch (InvalidMessageFormatException e) {
      throw because(e.getMessage(), cut(body.encode()));
    }
  }

  private static Fields fields(JsonObject body, @Nullable String channel) {
    Fields fields = new Fields(Form.COMMAND);
    for (Map.Entry<String, Object> field : body.getMap().entrySet()) {
      Object value = field.getValue();
      switch (field.getKey()) {
        case "v" -> fields.verb = text("v", value);
        case "c" -> fields.channel = text("c", value);
        case "r" -> fields.receiver = text("r", value);
        case "t" -> fields.type = text("t", value);
        case "p" -> fields.payload = Payload.of(value);
        case "key" -> fields.key = text("key", value);
        case "sender" -> fields.sender = text("sender", value);
        case "after" -> fields.after = text("after", value);
        case "options" -> {
          if (!(body.getValue("options") instanceof JsonObject options)) {
            throw new InvalidMessageFormatException("options must be an object");
          }
          fields.options = options;
        }
        case "window" -> {
          // All numbers of a script may come as doubles.
          if (!(value instanceof Number window) || window.doubleValue() != window.intValue()) {
            throw new InvalidMessageFormatException("window must be a whole number");
          }
          fields.window = window.intValue();
        }
        case "limit" -> {
          if (!(value instanceof Number limit) || limit.doubleValue() != limit.longValue()) {
            throw new InvalidMessageFormatException("limit must be a whole number");
          }
          fields.limit = limit.longValue();
        }
        case "page" -> fields.page = text("page", value);
        default -> {}
      }
    }
    if (channel != null) {
      fields.channel = channel;
    }
    return fields;
  }

  private void checkDepth(@Nullable Object value, int depth) {
    Iterable<?> members;
    if (value instanceof JsonObject object) {
      members = object.getMap().values();
    } else if (value instanceof JsonArray array) {
      members = array.getList();
    } else if (value instanceof Map<?, ?> map) {
      members = map.values();
    } else if (value instanceof List<?> list) {
      members = list;
    } else {
      return;
    }
    if (depth > maxDepth) {
      throw new InvalidMessageFormatException("the input nests deeper than " + maxDepth);
    }
    for (Object member : members) {
      checkDepth(member, depth + 1);
    }
  }

  private static @Nullable String text(String key, @Nullable Object value) {
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new InvalidMessageFormatException(key + " must be a string");
  }

  private Fields parse(byte[] text, int offset, int length, Form form) {
    checkText(text, offset, length);
    try (JsonParser parser = json.createParser(text, offset, length)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidMessageFormatException(NO_OBJECT);
      }
      Fields fields = readFields(parser, text, offset, form);
      if (parser.nextToken() != null) {
        throw new InvalidMessageFormatException(MORE_THAN_ONE);
      }
      return fields;
    } catch (InvalidMessageFormatException e) {
      throw because(e.getMessage(), raw(text, offset, length));
    } catch (IOException e) {
      throw refused(e, text, offset, length);
    }
  }

  /** Reads the object at which the parser stands. */
  private static Fields readFields(JsonParser parser, byte[] text, int offset, Form form)
      throws IOException {
    Fields fields = new Fields(form);
    String name;
    while ((name = parser.nextFieldName()) != null) {
      JsonToken token = parser.nextToken();
      if (name.equals(form.payload)) {
        fields.payload = payload(parser, text, offset);
      } else if (name.equals(form.type)) {
        fields.type = string(parser, name, token);
      } else if (!form.knows(name)) {
        fields.unknown = fields.unknown == null ? name : fields.unknown;
        parser.skipChildren();
      } else {
        switch (name) {
          case "v" -> fields.verb = string(parser, name, token);
          case "c" -> fields.channel = string(parser, name, token);
          case "r" -> fields.receiver = string(parser, name, token);
          case "key" -> fields.key = string(parser, name, token);
          case "sender" -> fields.sender = string(parser, name, token);
          case "after" -> fields.after = string(parser, name, token);
          case "page" -> fields.page = string(parser, name, token);
          case "options" -> {
            if (token != JsonToken.START_OBJECT) {
              throw new InvalidMessageFormatException("options must be an object");
            }
            fields.options = (JsonObject) payload(parser, text, offset).value();
          }
          case "window" -> fields.window = (int) wholeNumber(parser, name, token);
          case "limit" -> fields.limit = wholeNumber(parser, name, token);
          default -> parser.skipChildren();
        }
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT) {
      throw new JsonParseException(parser, "truncated");
    }
    return fields;
  }

  private static long wholeNumber(JsonParser parser, String key, JsonToken token)
      throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT) {
      throw new InvalidMessageFormatException(key + " must be a whole number");
    }
    // A number beyond an int is out of every range, so -1, which is out of range too, can stand for
    // it.
    return parser.getNumberType() == JsonParser.NumberType.INT ? parser.getIntValue() : -1;
  }

  private static @Nullable String string(JsonParser parser, String key, JsonToken token)
      throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.VALUE_STRING) {
      throw new InvalidMessageFormatException(key + " must be a string");
    }
    return parser.getText();
  }

  private static Payload payload(JsonParser parser, byte[] text, int offset) throws IOException {
    long start = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken(); // strings are read lazily, so their end is known only now
    int from = offset + (int) start;
    int to = offset + (int) parser.currentLocation().getByteOffset();
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      to = from + parser.getTextLength(); // the parser may have read one byte more
    }
    return Payload.ofValidJson(Arrays.copyOfRange(text, from, to));
  }

  private static Command command(Fields fields) {
    return switch (verb(fields)) {
      case CREATE_CHANNEL ->
          new Command.CreateChannel(
              fields.channel == null ? null : Command.checkedChannel(fields.channel),
              fields.options);
      case REMOVE_CHANNEL -> new Command.RemoveChannel(fields.channel());
      case ADD_LISTENER ->
          new Command.AddListener(
              fields.channel(),
              fields.receiver == null ? null : Command.checkedListener(fields.receiver));
      case REMOVE_LISTENER -> new Command.RemoveListener(fields.channel(), fields.receiver());
      case DISPATCH -> publish(fields.channel(), fields.receiver(), fields, fields.key);
      case BROADCAST -> publish(fields.channel(), null, fields, fields.key);
      case LISTEN ->
          new Command.Listen(
              fields.channel(), fields.receiver(), fields.after, window(fields.window));
      case WATCH -> new Command.Watch(fields.channel(), fields.after);
      case STOP -> new Command.Stop(fields.channel(), fields.receiver());
      case LIST -> list(fields);
      case PING -> new Command.Ping();
    };
  }

  private static Verb verb(Fields fields) {
    Verb verb = Verb.of(fields.present("v", fields.verb));
    if (verb == null) {
      throw new InvalidMessageFormatException("unknown verb, allowed here: " + Verb.words());
    }
    return verb;
  }

  private static Command list(Fields fields) {
    String channel = fields.channel == null ? null : Command.checkedChannel(fields.channel);
    if (channel != null && fields.receiver != null) {
      return new Command.FindListener(channel, fields.receiver());
    }
    return Command.ListAll.checked(channel, fields.after, fields.limit, fields.page);
  }

  private static int window(int window) {
    if (window < 1 || window > 1000) {
      throw new InvalidMessageFormatException("window is 1 to 1000");
    }
    return window;
  }

  private static Command.Publish publish(
      String channel, @Nullable String listener, Fields fields, @Nullable String key) {
    String type = fields.present(fields.form.type, fields.type);
    if (fields.unknown != null) {
      throw new InvalidMessageFormatException(unknown(fields.unknown, fields.form.keys));
    }
    checkType(type);
    String receiver = listener == null ? null : Command.checkedListener(listener);
    String sender = fields.sender == null ? null : Command.checkedListener(fields.sender);
    return new Command.Publish(
        channel, receiver, type, fields.payload, Command.checkedKey(key), sender);
  }

  /**
   * Checks a type that a publisher gave.
   *
   * @throws InvalidMessageFormatException if it is malformed or reserved
   */
  public static void checkType(String type) {
    Message.of(type, null);
    if (Message.isReserved(type)) {
      throw new InvalidMessageFormatException(
          "types that start with " + Message.RESERVED_PREFIX + " are reserved");
    }
  }

  private static void checkText(byte[] text, int offset, int length) {
    if (length >= 3
        && text[offset] == (byte) 0xEF
        && text[offset + 1] == (byte) 0xBB
        && text[offset + 2] == (byte) 0xBF) {
      throw new InvalidMessageFormatException(
          "the input begins with a byte order mark (EF BB BF), which JSON has not");
    }
    if (!Payload.isUtf8(text, offset, length)) {
      throw new InvalidMessageFormatException("the input is not valid UTF-8");
    }
  }

  private InvalidMessageFormatException refused(
      IOException e, byte[] text, int offset, int length) {
    if (e instanceof StreamConstraintsException) {
      return new InvalidMessageFormatException(
          "the input nests deeper than " + maxDepth + " or holds an overlong number");
    }
    // Jackson has no class of its own for this error. Should its text change, the reason becomes
    // less exact.
    boolean twice =
        e instanceof JsonParseException parse
            && String.valueOf(parse.getOriginalMessage()).startsWith("Duplicate field");
    return because(twice ? "a key stands there twice" : "not JSON", raw(text, offset, length));
  }

  private static InvalidMessageFormatException because(String reason, String raw) {
    return new InvalidMessageFormatException(raw.isEmpty() ? reason : reason + ": " + raw);
  }

  private static String unknown(String key, List<String> known) {
    String shown = key.length() <= MAX_KEY_SHOWN ? key : key.substring(0, MAX_KEY_SHOWN) + "...";
    return "unknown key "
        + shown
        + (known.isEmpty()
            ? ", none is allowed here"
            : ", allowed here: " + String.join(", ", known));
  }

  private static String raw(byte[] text, int offset, int length) {
    // A character takes at most four bytes, so this many bytes hold what is shown.
    int shown = Math.min(length, 4 * MAX_RAW_SHOWN);
    return cut(new String(text, offset, shown, java.nio.charset.StandardCharsets.UTF_8));
  }

  private static String cut(String raw) {
    return raw.length() <= MAX_RAW_SHOWN ? raw : raw.substring(0, MAX_RAW_SHOWN);
  }

  /**
   * The keys that an object may have.
   *
   * @param keys all allowed keys; empty if others are ignored
   */
  private record Form(String type, String payload, List<String> keys) {

    /** A command. Unknown keys are ignored, as the reference implementation ignores them. */
    private static final Form COMMAND = new Form("t", "p", List.of());

    /** The body of {@code /broadcast} or {@code /dispatch}. */
    private static final Form MESSAGE =
        new Form("type", "payload", List.of("type", "payload", "key", "sender"));

    /** A member of a batch. */
    private static final Form MEMBER =
        new Form("t", "p", List.of("c", "r", "t", "p", "key", "sender"));

    private boolean knows(String key) {
      return keys.isEmpty() || keys.contains(key);
    }
  }

  /** The keys of one JSON object as they were read. */
  private static final class Fields {
    private final Form form;
    private @Nullable String verb;
    private @Nullable String channel;
    private @Nullable String receiver;
    private @Nullable String type;
    private Payload payload = Payload.NULL;
    private @Nullable String key;
    private @Nullable String sender;
    private @Nullable String after;
    private @Nullable String page;
    private @Nullable JsonObject options;
    private @Nullable Long limit;
    private int window = Command.DEFAULT_WINDOW;

    /** The first key that the form does not know. */
    private @Nullable String unknown;

    private Fields(Form form) {
      this.form = form;
    }

    private String channel() {
      return Command.checkedChannel(present("c", channel));
    }

    private String receiver() {
      return Command.checkedListener(present("r", receiver));
    }

    /**
     * Returns a value that must be present. The error for an absent key also names an unknown key,
     * which may have been meant.
     */
    private String present(String name, @Nullable String value) {
      if (value == null) {
        throw new InvalidMessageFormatException(
            name
                + " is missing"
                + (unknown == null ? "" : ", and " + CommandReader.unknown(unknown, form.keys)));
      }
      return value;
    }
  }
}

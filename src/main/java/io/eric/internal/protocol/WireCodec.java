package io.eric.internal.protocol;

import io.eric.Payload;
import io.eric.internal.protocol.ChannelRequest.Acknowledge;
import io.eric.internal.protocol.ChannelRequest.Attach;
import io.eric.internal.protocol.ChannelRequest.Demote;
import io.eric.internal.protocol.ChannelRequest.Detach;
import io.eric.internal.protocol.ChannelRequest.Fetch;
import io.eric.internal.protocol.ChannelRequest.ListStreams;
import io.eric.internal.protocol.ChannelRequest.PublishBatch;
import io.eric.internal.protocol.ChannelRequest.Reattach;
import io.eric.internal.protocol.ChannelRequest.RegisterListener;
import io.eric.internal.protocol.ChannelRequest.RenewHook;
import io.eric.internal.protocol.ChannelRequest.StartListener;
import io.eric.internal.protocol.ChannelRequest.Statement;
import io.eric.internal.protocol.ChannelRequest.TakeNext;
import io.eric.internal.protocol.ChannelRequest.Written;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.ChannelResponse.Delivery;
import io.eric.internal.protocol.ChannelResponse.End;
import io.eric.internal.protocol.ChannelResponse.Ended;
import io.eric.internal.protocol.ChannelResponse.Fetched;
import io.eric.internal.protocol.ChannelResponse.HookCall;
import io.eric.internal.protocol.ChannelResponse.Listed;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.ChannelResponse.StatementWanted;
import io.eric.internal.protocol.ChannelResponse.StillWanted;
import io.eric.internal.protocol.ChannelResponse.StreamList;
import io.eric.internal.protocol.ChannelResponse.Taken;
import io.eric.internal.protocol.ChannelResponse.Wake;
import io.eric.internal.protocol.ChannelResponse.Wanted;
import io.eric.internal.protocol.StreamTallies.Tally;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form that {@link ChannelRequest} and {@link ChannelResponse} have between JVMs. Whatever else
 * travels is a JSON value. Both sides run the same version: a number for the kind, then the fields
 * in order.
 */
public final class WireCodec {

  private static final int JSON = 0;
  private static final int PUBLISH = 1;
  private static final int ATTACH = 2;
  private static final int FETCH = 3;
  private static final int ACKNOWLEDGE = 4;
  private static final int WRITTEN = 5;
  private static final int DEMOTE = 6;
  private static final int DETACH = 7;
  private static final int START = 9;
  private static final int TAKE = 10;
  private static final int REGISTER = 11;
  private static final int REATTACH = 12;
  private static final int RENEW_HOOK = 13;
  private static final int STATEMENT = 14;
  private static final int LIST_STREAMS = 15;
  private static final int PUBLISHED = 32;
  private static final int ATTACHED = 33;
  private static final int FETCHED = 34;
  private static final int DELIVERY = 35;
  private static final int WAKE = 36;
  private static final int END = 37;
  private static final int ENDED = 38;
  private static final int HOOK_CALL = 39;
  private static final int TAKEN = 40;
  private static final int CONFIRMED = 41;
  private static final int STREAM_LIST = 42;
  private static final int STATEMENT_WANTED = 43;
  private static final int STILL_WANTED = 44;
  private static final int WANTED = 45;

  private WireCodec() {}

  /**
   * Writes a body.
   *
   * @param body one of ours, or a JSON value
   */
  public static void write(WireOutput out, @Nullable Object body) {
    if (body instanceof ChannelRequest question) {
      writeTo(out, question);
    } else if (body instanceof ChannelResponse news) {
      writeFrom(out, news);
    } else {
      out.putByte(JSON).putBytes(Json.encodeToBuffer(body).getBytes());
    }
  }

  /**
   * Reads a body.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static @Nullable Object read(WireInput in) {
    int kind = in.getByte();
    return switch (kind) {
      case JSON -> json(in.getBytes());
      case PUBLISH -> new PublishBatch(in.getList(WireCodec::publish));
      case ATTACH -> attach(in);
      case REATTACH -> new Reattach(attach(in), in.getLong(), in.getLong());
      case FETCH ->
          new Fetch(
              in.getString(), in.getLong(), in.getInt(), in.getLong(), in.getInt(), in.getInt());
      case ACKNOWLEDGE -> new Acknowledge(in.getString(), session(in), in.getLong(), in.getLong());
      case WRITTEN ->
          new Written(in.getString(), session(in), in.getLong(), in.getInt(), in.getLong());
      case DEMOTE -> new Demote(in.getString(), in.getLong(), in.getInt(), in.getLong());
      case DETACH -> new Detach(in.getString(), in.getLong(), in.getLong());
      case START -> new StartListener(in.getString());
      case TAKE -> new TakeNext(in.getString());
      case REGISTER -> new RegisterListener(in.getString(), in.getOptional(), in.getBoolean());
      case RENEW_HOOK -> new RenewHook(in.getString(), in.getOptional(), in.getBoolean());
      case STATEMENT ->
          new Statement(
              in.getString(),
              session(in),
              in.getLong(),
              in.getLong(),
              tallies(in),
              in.getList(WireInput::getLong));
      case LIST_STREAMS -> new ListStreams(in.getString(), in.getInt(), in.getInt());
      case PUBLISHED -> new Published(in.getString(), in.getList(WireCodec::outcome));
      case ATTACHED ->
          new Attached(
              in.getString(),
              in.getString(),
              session(in),
              in.getBoolean(),
              in.getLong(),
              in.getInt(),
              fetched(in));
      case FETCHED -> fetched(in);
      case DELIVERY ->
          new Delivery(
              in.getString(),
              in.getString(),
              session(in),
              in.getLong(),
              in.getLong(),
              readEntries(in));
      case WAKE -> new Wake(in.getString(), in.getLong());
      case STATEMENT_WANTED -> new StatementWanted(in.getString());
      case STILL_WANTED -> new StillWanted(in.getString(), in.getLong());
      case WANTED -> new Wanted(in.getBoolean());
      case END -> new End(in.getString(), in.getLong(), in.getOptional(), in.getInt());
      case ENDED -> new Ended(in.getLong());
      case HOOK_CALL -> new HookCall(in.getString(), entry(in));
      case TAKEN -> new Taken(in.getString(), entry(in));
      case CONFIRMED ->
          new Confirmed(session(in), in.getLong(), tallies(in), in.getList(WireInput::getLong));
      case STREAM_LIST -> new StreamList(session(in), in.getList(WireCodec::listed));
      default -> throw new IllegalArgumentException(kind + " is no kind of body");
    };
  }

  /** Writes entries of a log. */
  public static void writeEntries(WireOutput out, List<Entry> entries) {
    out.putInt(entries.size());
    for (Entry entry : entries) {
      write(out, entry);
    }
  }

  /**
   * Reads entries of a log.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static List<Entry> readEntries(WireInput in) {
    return in.getList(WireCodec::entry);
  }

  private static void writeTo(WireOutput out, ChannelRequest question) {
    if (question instanceof PublishBatch batch) {
      out.putByte(PUBLISH).putInt(batch.messages().size());
      for (Command.Publish message : batch.messages()) {
        out.putString(message.channel())
            .putOptional(message.listener())
            .putString(message.type())
            .putBytes(message.payload().json())
            .putOptional(message.key())
            .putOptional(message.sender());
      }
    } else if (question instanceof Attach attach) {
      write(out.putByte(ATTACH), attach);
    } else if (question instanceof Reattach again) {
      write(out.putByte(REATTACH), again.stream());
      out.putLong(again.origin()).putLong(again.handedOn());
    } else if (question instanceof Fetch fetch) {
      out.putByte(FETCH)
          .putString(fetch.edge())
          .putLong(fetch.stream())
          .putInt(fetch.read())
          .putLong(fetch.after())
          .putInt(fetch.maxMessages())
          .putInt(fetch.maxBytes());
    } else if (question instanceof Acknowledge acknowledge) {
      write(out.putByte(ACKNOWLEDGE).putString(acknowledge.edge()), acknowledge.session());
      out.putLong(acknowledge.through()).putLong(acknowledge.live());
    } else if (question instanceof Written written) {
      write(out.putByte(WRITTEN).putString(written.edge()), written.session());
      out.putLong(written.stream()).putInt(written.read()).putLong(written.through());
    } else if (question instanceof Demote demote) {
      out.putByte(DEMOTE).putString(demote.edge()).putLong(demote.stream());
      out.putInt(demote.read()).putLong(demote.written());
    } else if (question instanceof Detach detach) {
      out.putByte(DETACH).putString(detach.edge()).putLong(detach.stream());
      out.putLong(detach.written());
    } else if (question instanceof StartListener start) {
      out.putByte(START).putString(start.listener());
    } else if (question instanceof TakeNext take) {
      out.putByte(TAKE).putString(take.listener());
    } else if (question instanceof RegisterListener register) {
      out.putByte(REGISTER).putString(register.listener()).putOptional(register.hook());
      out.putBoolean(register.running());
    } else if (question instanceof RenewHook renew) {
      out.putByte(RENEW_HOOK).putString(renew.listener()).putOptional(renew.hook());
      out.putBoolean(renew.running());
    } else if (question instanceof Statement statement) {
      write(out.putByte(STATEMENT).putString(statement.edge()), statement.session());
      out.putLong(statement.intervalMs()).putLong(statement.acknowledged());
      write(out, statement.streams());
      writeNumbers(out, statement.reads());
    } else if (question instanceof ListStreams list) {
      out.putByte(LIST_STREAMS).putString(list.edge()).putInt(list.part()).putInt(list.parts());
    } else {
      throw new IllegalArgumentException("no form for " + question.getClass());
    }
  }

  private static void writeFrom(WireOutput out, ChannelResponse news) {
    if (news instanceof Published published) {
      out.putByte(PUBLISHED).putString(published.epoch()).putInt(published.outcomes().size());
      for (Outcome outcome : published.outcomes()) {
        write(out, outcome);
      }
    } else if (news instanceof Attached attached) {
      out.putByte(ATTACHED).putString(attached.listener()).putString(attached.epoch());
      write(out, attached.session());
      out.putBoolean(attached.stopped()).putLong(attached.delayMs()).putInt(attached.retryMs());
      write(out, attached.first());
    } else if (news instanceof Fetched fetched) {
      write(out.putByte(FETCHED), fetched);
    } else if (news instanceof Delivery delivery) {
      out.putByte(DELIVERY).putString(delivery.channel()).putString(delivery.epoch());
      write(out, delivery.session());
      out.putLong(delivery.after()).putLong(delivery.through());
      writeEntries(out, delivery.entries());
    } else if (news instanceof Wake wake) {
      out.putByte(WAKE).putString(wake.channel()).putLong(wake.stream());
    } else if (news instanceof StatementWanted wanted) {
      out.putByte(STATEMENT_WANTED).putString(wanted.channel());
    } else if (news instanceof StillWanted question) {
      out.putByte(STILL_WANTED).putString(question.channel()).putLong(question.origin());
    } else if (news instanceof Wanted answer) {
      out.putByte(WANTED).putBoolean(answer.wanted());
    } else if (news instanceof End end) {
      out.putByte(END).putString(end.channel()).putLong(end.stream()).putOptional(end.type());
      out.putInt(end.retryMs());
    } else if (news instanceof Ended ended) {
      out.putByte(ENDED).putLong(ended.written());
    } else if (news instanceof HookCall call) {
      write(out.putByte(HOOK_CALL).putString(call.epoch()), call.entry());
    } else if (news instanceof Taken taken) {
      write(out.putByte(TAKEN).putString(taken.epoch()), taken.entry());
    } else if (news instanceof Confirmed confirmed) {
      write(out.putByte(CONFIRMED), confirmed.session());
      out.putLong(confirmed.sent());
      write(out, confirmed.streams());
      writeNumbers(out, confirmed.lost());
    } else if (news instanceof StreamList list) {
      write(out.putByte(STREAM_LIST), list.session());
      out.putInt(list.streams().size());
      for (Listed each : list.streams()) {
        out.putLong(each.stream()).putByte(each.state().code());
      }
    } else {
      throw new IllegalArgumentException("no form for " + news.getClass());
    }
  }

  private static Command.Publish publish(WireInput in) {
    return new Command.Publish(
        in.getString(),
        in.getOptional(),
        in.getString(),
        payload(in),
        in.getOptional(),
        in.getOptional());
  }

  private static void write(WireOutput out, Attach attach) {
    out.putString(attach.edge())
        .putLong(attach.stream())
        .putOptional(attach.listener())
        .putOptional(attach.after())
        .putBoolean(attach.live())
        .putBoolean(attach.raw())
        .putInt(attach.maxMessages())
        .putInt(attach.maxBytes())
        .putLong(attach.intervalMs());
  }

  private static Attach attach(WireInput in) {
    return new Attach(
        in.getString(),
        in.getLong(),
        in.getOptional(),
        in.getOptional(),
        in.getBoolean(),
        in.getBoolean(),
        in.getInt(),
        in.getInt(),
        in.getLong());
  }

  private static void write(WireOutput out, StreamTallies.Snapshot streams) {
    for (Tally tally :
        List.of(streams.reading(), streams.waiting(), streams.unsettled(), streams.live())) {
      out.putInt(tally.count()).putLong(tally.digest());
    }
  }

  private static StreamTallies.Snapshot tallies(WireInput in) {
    return new StreamTallies.Snapshot(tally(in), tally(in), tally(in), tally(in));
  }

  private static Tally tally(WireInput in) {
    return new Tally(in.getInt(), in.getLong());
  }

  private static void write(WireOutput out, Session session) {
    out.putLong(session.term()).putLong(session.number());
  }

  private static Session session(WireInput in) {
    return new Session(in.getLong(), in.getLong());
  }

  private static void writeNumbers(WireOutput out, List<Long> numbers) {
    out.putInt(numbers.size());
    numbers.forEach(out::putLong);
  }

  private static Listed listed(WireInput in) {
    return new Listed(in.getLong(), StreamState.of(in.getByte()));
  }

  private static void write(WireOutput out, Outcome outcome) {
    out.putLong(outcome.sequence()).putInt(outcome.code()).putOptional(outcome.error());
  }

  private static Outcome outcome(WireInput in) {
    return new Outcome(in.getLong(), in.getInt(), in.getOptional());
  }

  private static void write(WireOutput out, Fetched fetched) {
    writeEntries(out, fetched.entries());
    out.putLong(fetched.through()).putBoolean(fetched.live()).putBoolean(fetched.waiting());
  }

  private static Fetched fetched(WireInput in) {
    return new Fetched(readEntries(in), in.getLong(), in.getBoolean(), in.getBoolean());
  }

  private static void write(WireOutput out, Entry entry) {
    out.putLong(entry.sequence())
        .putLong(entry.timestamp())
        .putOptional(entry.receiver())
        .putString(entry.type())
        .putBytes(entry.payload().json())
        .putOptional(entry.sender())
        .putOptional(entry.key());
  }

  private static Entry entry(WireInput in) {
    return new Entry(
        in.getLong(),
        in.getLong(),
        in.getOptional(),
        in.getString(),
        payload(in),
        in.getOptional(),
        in.getOptional());
  }

  private static Payload payload(WireInput in) {
    byte[] json = in.getBytes();
    if (json.length == 0) {
      throw new IllegalArgumentException("a payload has no bytes");
    }
    return Payload.ofValidJson(json);
  }

  private static @Nullable Object json(byte[] bytes) {
    try {
      return Json.decodeValue(Buffer.buffer(bytes));
    } catch (DecodeException e) {
      throw new IllegalArgumentException("a body is no JSON", e);
    }
  }
}

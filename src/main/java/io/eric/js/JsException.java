package io.eric.js;

import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.PolyglotException.StackFrame;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * A script failed. The message is what JavaScript says, and where: file, line and column.
 *
 * <p>The stack trace is the script's.
 */
public final class JsException extends RuntimeException {

  static final String STOPPED = "stopped while it held its thread";

  private static final long serialVersionUID = 1L;

  private final String place;

  JsException(String message) {
    super(LogText.oneLine(message), null, false, false);
    this.place = "";
  }

  private JsException(String message, String place, PolyglotException failure) {
    super(LogText.oneLine(message + place), null, false, true);
    this.place = place;
    setStackTrace(
        java.util.stream.StreamSupport.stream(failure.getPolyglotStackTrace().spliterator(), false)
            .filter(JsException::isOfScript)
            .map(JsException::element)
            .toArray(StackTraceElement[]::new));
  }

  /** Of what was caught when a script was called. */
  static JsException of(RuntimeException failure, ModuleFiles files) {
    if (failure instanceof JsException known) {
      return known;
    }
    if (!(failure instanceof PolyglotException js)) {
      return new JsException(String.valueOf(failure.getMessage()));
    }
    SourceSection place = place(js);
    return new JsException(message(js), place == null ? "" : " at " + shown(place, files), js);
  }

  /** The same place, if it is known, for a script that was stopped there from outside. */
  JsException asStop() {
    return new JsException(STOPPED + place);
  }

  /** One line: an error of syntax comes with the line that has it, and a mark under it. */
  private static String message(PolyglotException js) {
    String message = String.valueOf(js.getMessage());
    String[] lines = message.split("\r?\n", 3);
    return js.isSyntaxError() && lines.length > 1 ? lines[0] + ": " + lines[1].strip() : message;
  }

  /** Of what a script threw or rejected a promise with: any value. */
  static JsException of(Value thrown, ModuleFiles files) {
    if (thrown.isException()) {
      try {
        throw thrown.throwException();
      } catch (RuntimeException failure) {
        return of(failure, files);
      }
    }
    return new JsException(thrown.isString() ? thrown.asString() : thrown.toString());
  }

  /** The innermost place in a file of the user's. */
  private static @Nullable SourceSection place(PolyglotException failure) {
    SourceSection own = failure.getSourceLocation();
    if (own != null && own.hasLines() && !own.getSource().isInternal()) {
      return own;
    }
    for (StackFrame frame : failure.getPolyglotStackTrace()) {
      if (isOfScript(frame)) {
        return frame.getSourceLocation();
      }
    }
    return null;
  }

  private static boolean isOfScript(StackFrame frame) {
    SourceSection place = frame.isGuestFrame() ? frame.getSourceLocation() : null;
    return place != null && place.hasLines() && !place.getSource().isInternal();
  }

  private static StackTraceElement element(StackFrame frame) {
    SourceSection place = frame.getSourceLocation();
    return new StackTraceElement(
        "js",
        LogText.oneLine(String.valueOf(frame.getRootName())),
        LogText.oneLine(place.getSource().getName()),
        place.getStartLine());
  }

  private static String shown(SourceSection place, ModuleFiles files) {
    String path = place.getSource().getPath();
    return (path == null ? place.getSource().getName() : files.shown(path))
        + ':'
        + place.getStartLine()
        + ':'
        + place.getStartColumn();
  }
}

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

  private static final long serialVersionUID = 1L;

  JsException(String message) {
    super(message, null, false, false);
  }

  private JsException(String message, PolyglotException failure) {
    super(message, null, false, true);
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
    String message = String.valueOf(js.getMessage());
    return new JsException(place == null ? message : message + " at " + shown(place, files), js);
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
        "js", frame.getRootName(), place.getSource().getName(), place.getStartLine());
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

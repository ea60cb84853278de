package io.eric.edge;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one turn of the event loop has collected for the live streams of a channel, in order: pieces
 * for all of them, and pieces for one.
 */
final class PendingWrites {

  private final List<Piece> pieces = new ArrayList<>(2);
  private final Set<EdgeStream> targets = new LinkedHashSet<>(0);
  private int messages;
  private int sharedMessages;
  private boolean anyShared;
  private @Nullable Buffer joinedForAll;

  void addForAll(Buffer bytes, int count) {
    pieces.add(new Piece(bytes, null));
    anyShared = true;
    messages += count;
    sharedMessages += count;
  }

  void addFor(EdgeStream stream, Buffer bytes) {
    pieces.add(new Piece(bytes, stream));
    targets.add(stream);
    messages++;
  }

  int messages() {
    return messages;
  }

  /** How many messages so many streams are written, all together. */
  long deliveries(int streams) {
    return (long) streams * sharedMessages + messages - sharedMessages;
  }

  /** Whether some stream gets something of its own. */
  boolean hasOwn() {
    return !targets.isEmpty();
  }

  /** The streams that get something of their own. */
  Set<EdgeStream> targets() {
    return targets;
  }

  /** The bytes that all streams get, or null if there are none. */
  @Nullable Buffer shared() {
    return anyShared ? joined(null) : null;
  }

  /** The bytes that this stream gets: those for all and its own. */
  Buffer forStream(EdgeStream stream) {
    return joined(targets.contains(stream) ? stream : null);
  }

  /** One piece is passed on as it is; several are copied together, once for all streams. */
  private Buffer joined(@Nullable EdgeStream stream) {
    if (stream == null && joinedForAll != null) {
      return joinedForAll;
    }
    Buffer result = null;
    boolean copied = false;
    for (Piece piece : pieces) {
      if (piece.target != null && piece.target != stream) {
        continue;
      }
      if (result == null) {
        result = piece.bytes;
      } else {
        if (!copied) {
          result = Buffer.buffer(2 * (result.length() + piece.bytes.length())).appendBuffer(result);
          copied = true;
        }
        result.appendBuffer(piece.bytes);
      }
    }
    Buffer joined = result == null ? Buffer.buffer(0) : result;
    if (stream == null) {
      joinedForAll = joined;
    }
    return joined;
  }

  private record Piece(Buffer bytes, @Nullable EdgeStream target) {}
}

package io.eric.internal.edge;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what one turn of the event loop has for the live streams of a channel, in order: pieces
 * for all of them, and pieces for one. They go out joined into segments of a bounded size, so that
 * a stream whose client does not keep up can stop between two segments.
 */
final class PendingWrites {

  /**
   * Bytes that are written at once, the sequence up to which a stream that has them is complete,
   * and the number of their messages.
   */
  record EncodedPart(Buffer bytes, long through, int messages) {}

  final ChannelStreams channel;
  private final int maxBytes;
  private final List<Piece> pieces = new ArrayList<>(2);
  private final Set<EdgeStream> targets = new LinkedHashSet<>(0);
  private boolean anyShared;
  private @Nullable List<EncodedPart> shared;

  /** Joins pieces up to this many bytes; a larger piece stays whole. */
  PendingWrites(ChannelStreams channel, int maxBytes) {
    this.channel = channel;
    this.maxBytes = maxBytes;
  }

  void addForAll(Buffer bytes, long through, int count) {
    pieces.add(new Piece(bytes, through, count, null));
    anyShared = true;
  }

  void addFor(EdgeStream stream, Buffer bytes, long through) {
    pieces.add(new Piece(bytes, through, 1, stream));
    targets.add(stream);
  }

  /** Returns whether any piece is for all streams. */
  boolean hasShared() {
    return anyShared;
  }

  /** Returns the streams that get a piece of their own. */
  Set<EdgeStream> targets() {
    return targets;
  }

  /** Returns the segments for this stream: the pieces for all, and its own. */
  List<EncodedPart> forStream(EdgeStream stream) {
    return targets.contains(stream) ? joined(stream) : forAll();
  }

  /** Returns the segments for a stream that has no piece of its own. */
  private List<EncodedPart> forAll() {
    List<EncodedPart> segments = shared;
    if (segments == null) {
      segments = joined(null);
      shared = segments;
    }
    return segments;
  }

  /**
   * Joins pieces to segments. A single piece is passed on as it is; several are copied together,
   * once for all streams.
   */
  private List<EncodedPart> joined(@Nullable EdgeStream stream) {
    List<EncodedPart> segments = new ArrayList<>(1);
    Buffer bytes = null;
    boolean copied = false;
    long through = 0;
    int messages = 0;
    for (Piece piece : pieces) {
      if (piece.target != null && piece.target != stream) {
        continue;
      }
      if (bytes != null && bytes.length() + piece.bytes.length() > maxBytes) {
        segments.add(new EncodedPart(bytes, through, messages));
        bytes = null;
        copied = false;
        messages = 0;
      }
      if (bytes == null) {
        bytes = piece.bytes;
      } else {
        if (!copied) {
          bytes = Buffer.buffer(2 * (bytes.length() + piece.bytes.length())).appendBuffer(bytes);
          copied = true;
        }
        bytes.appendBuffer(piece.bytes);
      }
      through = piece.through;
      messages += piece.messages;
    }
    if (bytes != null) {
      segments.add(new EncodedPart(bytes, through, messages));
    }
    return segments;
  }

  private record Piece(Buffer bytes, long through, int messages, @Nullable EdgeStream target) {}
}

package io.eric.log.file;

import io.eric.RepositoryException;
import io.eric.log.Entry;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads entries: from memory at once, or from segments, on threads of its own and with a check.
 * Entries that lie close together in a file are read together. Each reader of a log asks for one
 * batch at a time, which bounds how much waits here.
 */
final class SegmentLoader {

  private static final Logger LOG = LoggerFactory.getLogger(SegmentLoader.class);
  private static final int THREADS = 2;

  /** How many bytes are read at once at most, unless a single record is larger. */
  private static final int MAX_RUN = 1 << 20;

  /** How many unwanted bytes are read rather than reading a second time. */
  private static final int MAX_HOLE = 16 << 10;

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "eric-file-store-reader");
            thread.setDaemon(true);
            return thread;
          });

  Future<List<Entry>> load(List<EntryLocation> places) {
    List<Entry> entries = new ArrayList<>(places.size());
    for (EntryLocation place : places) {
      Entry cached = place.cached;
      if (cached == null) {
        return loadFromDisk(places);
      }
      entries.add(cached);
    }
    return Future.succeededFuture(entries);
  }

  private Future<List<Entry>> loadFromDisk(List<EntryLocation> places) {
    ContextReply<List<Entry>> reply = ContextReply.toCaller();
    places.forEach(place -> place.segment.hold());
    try {
      threads.execute(
          () -> {
            try {
              reply.complete(read(places));
            } catch (IOException | RuntimeException e) {
              LOG.error("stored messages cannot be read", e);
              reply.fail(e);
            } finally {
              places.forEach(SegmentLoader::release);
            }
          });
    } catch (RejectedExecutionException e) {
      places.forEach(SegmentLoader::release);
      return Future.failedFuture(new RepositoryException("the store is closed", e));
    }
    return reply.future();
  }

  private static void release(EntryLocation place) {
    try {
      place.segment.release();
    } catch (IOException e) {
      LOG.warn("{} could not be closed", place.segment.file, e);
    }
  }

  private static List<Entry> read(List<EntryLocation> places) throws IOException {
    List<Entry> entries = new ArrayList<>(places.size());
    FileFormat format = new FileFormat();
    byte[] run = new byte[0];
    int next = 0;
    while (next < places.size()) {
      EntryLocation first = places.get(next);
      int last = next;
      while (last + 1 < places.size() && follows(places.get(last + 1), places.get(last), first)) {
        last++;
      }
      int length = end(places.get(last)) - first.offset;
      if (run.length < length) {
        run = new byte[length];
      }
      first.segment.read(run, length, first.offset);
      for (; next <= last; next++) {
        entries.add(decode(places.get(next), run, first.offset, format));
      }
    }
    return entries;
  }

  private static boolean follows(EntryLocation place, EntryLocation before, EntryLocation first) {
    return place.segment == first.segment
        && place.offset >= end(before)
        && place.offset - end(before) <= MAX_HOLE
        && end(place) - first.offset <= MAX_RUN;
  }

  private static int end(EntryLocation place) {
    return place.offset + place.length;
  }

  private static Entry decode(EntryLocation place, byte[] run, int runStart, FileFormat format) {
    int at = place.offset - runStart;
    int length = place.length - FileFormat.FRAME;
    if (format.length(run, at, place.segment.number, place.offset) != length
        || !format.isIntact(run, at, length, place.segment.number, place.offset)
        || !(RecordCodec.read(new RecordInput(run, at + FileFormat.FRAME, length))
            instanceof LogRecord.Append append)) {
      throw new RepositoryException(
          "the store is damaged: "
              + place.segment.file
              + " at offset "
              + place.offset
              + ": the record is not as it was written",
          null);
    }
    return append.entry();
  }

  /** Refuses further requests. Those that wait already are still answered. */
  void close() {
    threads.shutdown();
  }
}

package io.eric.log.redis;

import io.eric.EricException;
import io.eric.Position;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.log.Entry;
import io.eric.log.Gap;
import io.eric.log.Registration;
import io.eric.log.indexed.LogRestoration;
import io.eric.log.indexed.LogState;
import io.eric.log.indexed.LogStorage;
import io.eric.log.redis.Losses.Loss;
import io.eric.log.redis.RedisLink.RefusedException;
import io.eric.options.RedisStoreOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the contents of one channel's log in Redis, while this process owns the channel.
 *
 * <p>Every write names the owner and its term, so Redis refuses it once another process has opened
 * the channel: then the log is <em>fenced</em>, for good. After a lost connection, a missing answer
 * or a refusal the storage {@linkplain #resume resumes} before it writes again.
 */
final class RedisLogStorage implements LogStorage<EntryReference> {

  private static final Logger LOG = LoggerFactory.getLogger(RedisLogStorage.class);
  private static final long SAVE_DELAY_MS = 10;
  private static final long TRIM_DELAY_MS = 200;
  private static final int ATTEMPTS = 4;
  private static final int RANGES_AT_ONCE = 512;
  private static final int CURSORS = 2;
  private static final int LISTENERS = 3;

  private final String channelId;
  private final Context context;
  private final LogState<EntryReference> log;
  private final RedisLink writes;
  private final RedisLink reads;
  private final Keys keys;
  private final String definitions;
  private final String owner;
  private final RedisStoreOptions options;
  private final Runnable whenEnded;
  private final Terms terms = new Terms();
  private final Recent recent;
  private final Losses losses = new Losses();
  private final Set<Future<?>> loading = new HashSet<>();
  private final Map<String, Long> order = new HashMap<>();
  private long newestListener;
  private final Map<String, Long> savedCursors = new HashMap<>();
  private final Set<String> changedCursors = new HashSet<>();
  private final Set<String> changedListeners = new HashSet<>();
  private final Flusher saver;
  private final Flusher trimmer;
  private long term;
  private long proposed;
  private Session verified;
  private boolean uncertain;
  private boolean saveAll;
  private @Nullable Future<Void> resuming;
  private volatile @Nullable RepositoryException fenced;

  RedisLogStorage(
      RedisStore store,
      String channelId,
      String owner,
      Opened opened,
      Vertx vertx,
      Context context,
      LogState<EntryReference> log) {
    this.channelId = channelId;
    this.context = context;
    this.log = log;
    this.writes = store.writes();
    this.reads = store.reads();
    this.options = store.options();
    this.keys = Keys.of(options.getPrefix(), channelId);
    this.definitions = Keys.definitions(options.getPrefix());
    this.owner = owner;
    this.whenEnded = () -> store.ended(this);
    this.recent = new Recent(options.getRecentBytes());
    this.term = opened.term;
    this.proposed = opened.term;
    this.verified = opened.session;
    this.saver = new Flusher(vertx, SAVE_DELAY_MS, this::save);
    this.trimmer = new Flusher(vertx, TRIM_DELAY_MS, this::saveLosses);
  }

  /** The answer of {@code open.lua}: what Redis has of a channel. */
  record Opened(
      Session session,
      long term,
      String epoch,
      long last,
      Map<String, String> cursors,
      Map<String, String> lost,
      Map<String, String> listeners,
      boolean vanished) {

    static Opened of(Session session, Response answer) {
      return new Opened(
          session,
          Long.parseLong(answer.get(0).toString()),
          answer.get(1).toString(),
          Long.parseLong(answer.get(2).toString()),
          pairs(answer.get(3)),
          pairs(answer.get(4)),
          pairs(answer.get(5)),
          answer.get(6).toString().equals("1"));
    }

    private boolean knows(String listener) {
      return cursors.containsKey(listener) || listeners.containsKey(listener);
    }

    private static Map<String, String> pairs(Response flat) {
      Map<String, String> pairs = new HashMap<>();
      for (int i = 0; i < flat.size(); i += 2) {
        pairs.put(flat.get(i).toString(), flat.get(i + 1).toString());
      }
      return pairs;
    }
  }

  // ---- opening

  /** Puts back everything that is stored. The log may be opened when this completes. */
  Future<Void> restore(LogRestoration<EntryReference> past, Opened opened) {
    opened.lost.forEach(
        (lane, text) -> {
          if (!lane.equals(Losses.BROADCASTS) && !opened.knows(lane)) {
            losses.forget(lane); // the listener was removed while a dispatch to it was under way
            return;
          }
          Loss loss = Loss.parse(text);
          losses.restore(lane, loss);
          past.lost(
              lane.equals(Losses.BROADCASTS) ? null : lane, loss.through(), loss.throughOverflow());
        });
    return new Restore(past)
        .next("-", 64)
        .compose(
            restored -> {
              past.last(opened.last);
              terms.begin(opened.last + 1, term);
              restoreListeners(past, opened);
              return opened.vanished ? tellLoss(past, opened.last + 1) : Future.succeededFuture();
            });
  }

  /** Appends a gap for every reader of the channel. How many messages are gone is not known. */
  private Future<Void> tellLoss(LogRestoration<EntryReference> past, long sequence) {
    LOG.error(
        "what Redis had of channel {} has vanished, it was evicted or removed; its listeners get a"
            + " gap",
        channelId);
    Position at = new Position(log.epoch(), sequence);
    Entry gap = new Gap(at, at, null, Gap.Reason.EPOCH).toEntry(System.currentTimeMillis(), null);
    return write(sequence - 1, List.of(gap), sequence, false)
        .onSuccess(
            written -> {
              recent.add(List.of(gap));
              past.entry(
                  sequence, gap.timestamp(), null, gap.size(), new EntryReference(sequence, null));
            });
  }

  private void restoreListeners(LogRestoration<EntryReference> past, Opened opened) {
    Map<String, Long> cursors = new HashMap<>();
    // After a loss a cursor may be past the end. The listener then goes on with what comes next.
    opened.cursors.forEach(
        (listener, text) -> cursors.put(listener, Math.min(Long.parseLong(text), opened.last)));
    past.committed(cursors);
    savedCursors.putAll(cursors);
    Map<String, Registration> registered = new LinkedHashMap<>();
    opened.listeners.entrySet().stream()
        .map(each -> Map.entry(each.getKey(), new JsonObject(each.getValue())))
        .sorted((a, b) -> Long.compare(a.getValue().getLong("n"), b.getValue().getLong("n")))
        .forEach(
            each -> {
              JsonObject json = each.getValue();
              order.put(each.getKey(), json.getLong("n"));
              newestListener = Math.max(newestListener, json.getLong("n"));
              registered.put(
                  each.getKey(),
                  new Registration(
                      Math.min(json.getLong("created"), opened.last),
                      Registration.State.valueOf(json.getString("state"))));
            });
    past.registered(registered);
  }

  /** Reads the stream from its beginning to its end, in pages whose bytes are bounded. */
  private final class Restore {
    private static final long PAGE_BYTES = 4 << 20;
    private static final int MAX_PAGE = 4096;

    private final LogRestoration<EntryReference> past;
    private final Map<String, String> receivers = new HashMap<>();
    private long before;

    Restore(LogRestoration<EntryReference> past) {
      this.past = past;
    }

    Future<Void> next(String from, int count) {
      Request page =
          Request.cmd(Command.XRANGE).arg(keys.log()).arg(from).arg("+").arg("COUNT").arg(count);
      return here(reads.send(page, null))
          .compose(
              elements -> {
                long bytes = 0;
                for (Response element : elements) {
                  bytes += take(element);
                }
                if (elements.size() < count) {
                  return Future.succeededFuture();
                }
                String last = elements.get(elements.size() - 1).get(0).toString();
                long fits = PAGE_BYTES * count / Math.max(1, bytes);
                return next("(" + last, (int) Math.max(1, Math.min(fits, MAX_PAGE)));
              });
    }

    private long take(Response element) {
      Entry entry = EntryCodec.decode(element);
      if (entry.sequence() <= before) {
        throw new RepositoryException(
            "stream " + keys.log() + " in Redis is out of order at " + element.get(0), null);
      }
      before = entry.sequence();
      terms.begin(entry.sequence(), EntryCodec.term(element));
      String receiver =
          entry.receiver() == null
              ? null
              : receivers.computeIfAbsent(entry.receiver(), name -> name);
      EntryReference place = new EntryReference(entry.sequence(), receiver);
      past.entry(entry.sequence(), entry.timestamp(), receiver, entry.size(), place);
      if (entry.key() != null) {
        past.key(entry.key(), entry.sequence(), entry.timestamp());
      }
      recent.add(List.of(entry));
      return entry.size();
    }
  }

  // ---- appending

  @Override
  public Future<List<EntryReference>> append(List<Entry> batch) {
    return attempt(batch, ATTEMPTS, System.nanoTime())
        .map(
            done -> {
              recent.add(batch);
              List<EntryReference> places = new ArrayList<>(batch.size());
              for (Entry entry : batch) {
                places.add(new EntryReference(entry.sequence(), entry.receiver()));
              }
              return places;
            });
  }

  /**
   * Writes a batch, repeatedly if need be. If an attempt fails without an answer, its outcome is
   * unknown. So the storage resumes, which undoes the attempt if it took effect, and tries again as
   * long as a publisher may be expected to wait.
   */
  private Future<Void> attempt(List<Entry> batch, int attempts, long since) {
    long last = batch.get(batch.size() - 1).sequence();
    return ready()
        .compose(ready -> write(log.lastSequence(), batch, last, hasEntries()))
        .recover(
            failure -> {
              uncertain = true;
              long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
              return mayPass(failure) && attempts > 1 && waited < options.getTimeout()
                  ? attempt(batch, attempts - 1, since)
                  : Future.failedFuture(explained(failure));
            });
  }

  private static boolean mayPass(Throwable failure) {
    return failure instanceof UnavailableException
        || (failure instanceof RefusedException refused
            && (refused.code.equals(Script.STALE)
                || refused.code.equals(Script.MISPLACED)
                || refused.code.equals(Script.VANISHED)));
  }

  /**
   * Returns whether Redis must have entries: an entry is removed there only after it has been
   * dropped here.
   */
  private boolean hasEntries() {
    return log.usage().messages() > 0;
  }

  private Future<Void> write(
      long before, Collection<Entry> entries, long last, boolean afterOthers) {
    Request request =
        Script.APPEND
            .call(List.of(keys.head(), keys.log()))
            .arg(owner)
            .arg(term)
            .arg(before)
            .arg(last)
            .arg(afterOthers ? 1 : 0);
    for (Entry entry : entries) {
      request
          .arg(term + "-" + entry.sequence())
          .arg(EntryCodec.head(entry))
          .arg(entry.payload().json());
    }
    return ask(request).mapEmpty();
  }

  // ---- reading

  @Override
  public Future<List<Entry>> load(List<EntryReference> places) {
    int older = 0;
    while (older < places.size() && places.get(older).sequence() < recent.completeFrom()) {
      older++;
    }
    List<Entry> newer = new ArrayList<>(places.size() - older);
    for (EntryReference place : places.subList(older, places.size())) {
      newer.add(orGap(recent.get(place.sequence()), place));
    }
    if (older == 0) {
      return Future.succeededFuture(newer);
    }
    List<EntryReference> wanted = List.copyOf(places.subList(0, older));
    List<Request> ranges = ranges(wanted);
    Future<List<Entry>> loaded =
        ready()
            .compose(ready -> fetch(ranges, 0, new HashMap<>()))
            .transform(
                done ->
                    done.failed()
                        ? Future.failedFuture(explained(done.cause()))
                        : Future.succeededFuture(inOrder(wanted, done.result(), newer)));
    loading.add(loaded);
    return loaded.onComplete(done -> loading.remove(loaded));
  }

  /** Returns one request for each run of consecutive sequences. */
  private List<Request> ranges(List<EntryReference> places) {
    List<Request> ranges = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= places.size(); i++) {
      if (i == places.size() || places.get(i).sequence() != places.get(i - 1).sequence() + 1) {
        ranges.add(
            Request.cmd(Command.XRANGE)
                .arg(keys.log())
                .arg(terms.id(places.get(first).sequence()))
                .arg(terms.id(places.get(i - 1).sequence())));
        first = i;
      }
    }
    return ranges;
  }

  private Future<Map<Long, Entry>> fetch(List<Request> ranges, int from, Map<Long, Entry> found) {
    int to = Math.min(ranges.size(), from + RANGES_AT_ONCE);
    return here(reads.send(List.copyOf(ranges.subList(from, to)), null))
        .compose(
            answers -> {
              for (Response range : answers) {
                for (Response element : range) {
                  Entry entry = EntryCodec.decode(element);
                  found.put(entry.sequence(), entry);
                }
              }
              return to == ranges.size() ? Future.succeededFuture(found) : fetch(ranges, to, found);
            });
  }

  private List<Entry> inOrder(
      List<EntryReference> wanted, Map<Long, Entry> found, List<Entry> newer) {
    List<Entry> all = new ArrayList<>(wanted.size() + newer.size());
    for (EntryReference place : wanted) {
      all.add(orGap(found.get(place.sequence()), place));
    }
    if (found.size() < wanted.size() && !uncertain) {
      uncertain = true; // perhaps everything is gone: resuming then gives up the rest as one gap
      ready().onFailure(e -> LOG.debug("{} cannot be looked after yet", channelId, e));
    }
    all.addAll(newer);
    return all;
  }

  /** Puts a gap where an entry was removed from the stream by others, so that no loss is silent. */
  private Entry orGap(@Nullable Entry entry, EntryReference place) {
    if (entry != null) {
      return entry;
    }
    Position at = new Position(log.epoch(), place.sequence());
    return new Gap(at, at, 1L, Gap.Reason.OVERFLOW)
        .toEntry(System.currentTimeMillis(), place.receiver());
  }

  // ---- cursors and registrations

  @Override
  public Future<Void> commit(Map<String, Long> cursors) {
    changedCursors.addAll(cursors.keySet());
    return saver.flush();
  }

  @Override
  public Future<Void> register(String listener, Registration registration) {
    if (!order.containsKey(listener)) {
      order.put(listener, ++newestListener);
    }
    changedListeners.add(listener);
    return saver.flush();
  }

  @Override
  public Future<Void> forget(String listener) {
    order.remove(listener);
    changedCursors.add(listener);
    changedListeners.add(listener);
    losses.forget(listener);
    return Future.join(saver.flush(), trimmer.flushNow()).mapEmpty();
  }

  private Future<Void> save() {
    if (!saveAll && changedCursors.isEmpty() && changedListeners.isEmpty()) {
      return Future.succeededFuture();
    }
    return ready()
        .compose(
            ready -> {
              boolean all = saveAll;
              Set<String> cursors = Set.copyOf(all ? log.committed().keySet() : changedCursors);
              Set<String> listeners =
                  Set.copyOf(all ? log.registered().keySet() : changedListeners);
              saveAll = false;
              changedCursors.clear();
              changedListeners.clear();
              return saveNow(all, cursors, listeners)
                  .onFailure(
                      e -> {
                        saveAll |= all;
                        changedCursors.addAll(cursors);
                        changedListeners.addAll(listeners);
                      });
            })
        .recover(failure -> Future.failedFuture(explained(failure)));
  }

  private Future<Void> saveNow(boolean all, Set<String> cursors, Set<String> listeners) {
    Map<String, Long> values = new HashMap<>();
    for (String listener : cursors) {
      if (log.committed().containsKey(listener)) {
        values.put(listener, log.cursorOf(listener));
      }
    }
    return ask(saving(all, cursors, values, listeners))
        .onSuccess(
            done -> {
              savedCursors.keySet().removeAll(cursors);
              savedCursors.putAll(values);
            })
        .mapEmpty();
  }

  private Request saving(
      boolean all, Set<String> cursors, Map<String, Long> values, Set<String> listeners) {
    Request request =
        Script.SAVE
            .call(List.of(keys.head(), keys.cursors(), keys.listeners()))
            .arg(owner)
            .arg(term)
            .arg(all ? 1 : 0);
    for (String listener : cursors) {
      Long cursor = values.get(listener);
      request.arg(CURSORS).arg(listener).arg(cursor == null ? "" : String.valueOf(cursor));
    }
    for (String listener : listeners) {
      Registration registration = log.registered().get(listener);
      request
          .arg(LISTENERS)
          .arg(listener)
          .arg(registration == null ? "" : json(listener, registration).encode());
    }
    return request;
  }

  private JsonObject json(String listener, Registration registration) {
    return new JsonObject()
        .put("n", order.get(listener))
        .put("created", registration.created())
        .put("state", registration.state().name());
  }

  // ---- trimming

  @Override
  public void dropped(long sequence, EntryReference place, boolean overflow) {
    losses.add(place, overflow, log.firstSequence());
    if (fenced == null) {
      trimmer.flush();
    }
  }

  private Future<Void> saveLosses() {
    if (losses.isEmpty()) {
      return Future.succeededFuture();
    }
    long first = log.firstSequence();
    String run = verified.runId();
    Losses.Batch batch = losses.take(first);
    // Entries that are being read may have been dropped since, so they are removed after that.
    return Future.join(List.copyOf(loading))
        .transform(done -> ready())
        .compose(ready -> saveMovedCursors())
        .compose(saved -> ask(trimming(run, first, batch)))
        .<Void>mapEmpty()
        .onSuccess(done -> terms.forgetBefore(first))
        .recover(
            failure -> {
              losses.failed(batch);
              return Future.failedFuture(explained(failure));
            });
  }

  /**
   * Saves the cursors that have moved. Entries that all listeners have read may be removed only
   * when it is stored that they have read them.
   */
  private Future<Void> saveMovedCursors() {
    Set<String> moved = new HashSet<>();
    for (String listener : log.committed().keySet()) {
      Long saved = savedCursors.get(listener);
      if (saved == null || saved != log.cursorOf(listener)) {
        moved.add(listener);
      }
    }
    return moved.isEmpty() ? Future.succeededFuture() : saveNow(false, moved, Set.of());
  }

  private Request trimming(String run, long first, Losses.Batch batch) {
    Request request =
        Script.TRIM
            .call(List.of(keys.head(), keys.log(), keys.lost()))
            .arg(owner)
            .arg(term)
            .arg(run)
            .arg(terms.id(first))
            .arg(batch.lanes().size());
    batch.lanes().forEach((lane, loss) -> request.arg(lane).arg(loss));
    batch.removed().forEach(sequence -> request.arg(terms.id(sequence)));
    return request;
  }

  // ---- ownership

  /**
   * Returns why this log must not write any more; {@code null} as long as it may. Safe from any
   * thread.
   */
  @Nullable RepositoryException fenced() {
    return fenced;
  }

  /** Returns whether the connection is still the one that was used to open or resume the log. */
  boolean isVerified() {
    return writes.session() == verified;
  }

  /** Resumes and saves over a new connection. Safe from any thread. */
  void reconnected() {
    context.runOnContext(
        v ->
            ready()
                .onSuccess(
                    ready -> {
                      saver.flush();
                      trimmer.flush();
                    }));
  }

  /**
   * Completes when something may be written: the connection is one over which this process is known
   * to be the owner.
   */
  private Future<Void> ready() {
    RepositoryException refusal = fenced;
    if (refusal != null) {
      return Future.failedFuture(refusal);
    }
    if (!uncertain && isVerified()) {
      return Future.succeededFuture();
    }
    Future<Void> underWay = resuming;
    if (underWay != null) {
      return underWay;
    }
    Future<Void> begun =
        here(writes.connected()).compose(this::resume).onComplete(done -> resuming = null);
    if (!begun.isComplete()) {
      resuming = begun;
    }
    return begun;
  }

  /**
   * Begins a new term, in which nothing that was sent before can take effect, and makes Redis agree
   * with what is known here. Entries that were not acknowledged are removed from Redis, and entries
   * that Redis has lost are put back from memory. If memory does not have them either, they are
   * lost, and with them everything older, as an overflow: a listener that has not read them sees
   * one gap.
   */
  private Future<Void> resume(Session session) {
    long acknowledged = log.lastSequence();
    long next = ++proposed;
    boolean restarted = !session.runId().equals(verified.runId());
    Request request =
        Script.RESUME
            .call(
                List.of(
                    keys.head(),
                    keys.log(),
                    keys.lost(),
                    keys.cursors(),
                    keys.listeners(),
                    definitions))
            .arg(owner)
            .arg(next)
            .arg(term)
            .arg(acknowledged)
            .arg(recent.completeFrom())
            .arg(log.epoch())
            .arg(session.runId())
            .arg(verified.runId())
            .arg(session.keepsAll() ? 1 : 0)
            .arg(channelId)
            .arg(hasEntries() ? 1 : 0);
    return ask(request, session)
        .onFailure(this::noteRemoval)
        .compose(
            answer -> {
              term = next;
              boolean vanished = answer.get(2).toString().equals("1");
              if (vanished) {
                LOG.error(
                    "keys of channel {} have vanished from Redis, which evicts them or lets others"
                        + " remove them; they are made anew from memory",
                    channelId);
              }
              long last = Long.parseLong(answer.get(0).toString());
              terms.begin(last + 1, term);
              if (answer.get(1).toString().equals("1")) {
                giveUp(last);
              }
              verified = session;
              if (restarted || vanished) {
                saveAll = true;
                losses.saveAll();
                saver.flush();
                trimmer.flush();
              }
              if (last == acknowledged) {
                return Future.<Void>succeededFuture();
              }
              Collection<Entry> missing = recent.from(last + 1);
              LOG.warn(
                  "Redis has lost the newest messages of channel {}; put back {} from memory",
                  channelId,
                  missing.size());
              return write(last, List.copyOf(missing), acknowledged, false);
            })
        .onComplete(done -> uncertain = done.failed());
  }

  private void giveUp(long last) {
    LOG.error(
        "Redis has lost messages of channel {} that are not in memory either; all up to {} are"
            + " given up, {} were kept",
        channelId,
        last,
        log.usage().messages());
    while (log.firstSequence() <= last) {
      log.dropOldest();
    }
  }

  private Future<Response> ask(Request request) {
    return ask(request, verified);
  }

  private Future<Response> ask(Request request, Session session) {
    return here(writes.send(request, session))
        .onFailure(
            failure -> {
              if (failure instanceof RefusedException refused
                  && refused.code.equals(Script.FENCED)) {
                fence();
              }
            });
  }

  private void fence() {
    if (fenced == null) {
      fenced =
          new RepositoryException(
              "channel " + channelId + " was opened by another process, this one must not write",
              null);
      LOG.error("channel {} was opened by another process; this one writes no more", channelId);
    }
  }

  /**
   * Stops writing if nothing of the channel is left in Redis, not even its definition. Another
   * process may have removed the channel, so it must not be brought back.
   */
  private void noteRemoval(Throwable failure) {
    if (fenced == null
        && failure instanceof RefusedException refused
        && refused.code.equals(Script.VANISHED)) {
      fenced =
          new RepositoryException(
              "channel " + channelId + " has vanished from the store: it was removed or evicted",
              null);
      LOG.error(
          "channel {} has vanished from Redis with its definition: it was removed by somebody else,"
              + " or evicted; this process writes no more to it",
          channelId);
    }
  }

  private Throwable explained(Throwable failure) {
    RepositoryException refusal = fenced;
    if (refusal != null) {
      return refusal;
    }
    return failure instanceof EricException
        ? failure
        : new RepositoryException(String.valueOf(failure.getMessage()), failure);
  }

  private <R> Future<R> here(Future<R> elsewhere) {
    Promise<R> promise = Promise.promise();
    elsewhere.onComplete(done -> context.runOnContext(v -> promise.handle(done)));
    return promise.future();
  }

  // ---- the end

  @Override
  public Future<Void> delete() {
    List<String> all = new ArrayList<>(keys.all());
    all.add(definitions);
    return ready()
        .compose(ready -> ask(Script.DELETE.call(all).arg(owner).arg(term).arg(channelId)))
        .<Void>mapEmpty()
        .recover(failure -> Future.failedFuture(explained(failure)))
        .onComplete(done -> whenEnded.run());
  }

  @Override
  public Future<Void> close() {
    if (fenced != null) {
      whenEnded.run();
      return Future.succeededFuture();
    }
    return Future.join(saver.flushNow(), trimmer.flushNow())
        .<Void>mapEmpty()
        .onComplete(done -> whenEnded.run());
  }
}

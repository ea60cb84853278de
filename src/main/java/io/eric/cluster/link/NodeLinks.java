package io.eric.cluster.link;

import io.eric.EricException;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.AddressRouter;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of this node to all others, one for each pair of nodes. Whatever goes to one node
 * within a turn of the event loop, commands and answers and deliveries of all channels, is written
 * at once. What one context sends to one node, asks of it or calls there arrives in order.
 *
 * <p>A request fails with a {@link ReplyException} as on the event bus. {@code NO_HANDLERS} and
 * {@code BusReply.MOVED} mean that nothing was done. {@code TIMEOUT} means that the outcome is
 * unknown: there was no answer in time, or the connection was lost meanwhile. {@code ERROR} is a
 * fault, such as a request over {@link LinkSettings#maxFrame}, which is not sent.
 *
 * <p>For any thread; futures complete on the caller's context.
 */
public final class NodeLinks implements AddressRouter.Far {

  private static final Logger logger = LoggerFactory.getLogger(NodeLinks.class);

  private static final long SWEEP_MS = 100;
  private static final int NO_CODE = -1;

  private final ContextInternal context;
  private final Loop loop;
  private final LinkIdentity identity;
  private final LinkSettings settings;
  private final Greeting greeting;
  private final Meters meters;
  private final LinkObserver observer;
  private final LinkSockets sockets;
  private final Reception reception;
  private final LocalAddresses addresses;
  private final Services services = new Services();
  private final Questions questions;

  /** The links by node; changed on the context only. */
  private final Map<String, Link> links = new ConcurrentHashMap<>();

  private final LinkEvents events = new LinkEvents();
  private Runnable unmetered = () -> {};
  private Loop.@Nullable Timer sweep;
  private volatile boolean closed;

  /**
   * Creates the links of a node, which {@link #listen} and {@link #connect} start.
   *
   * @param context an event loop, on which all connections are; services and the observer are
   *     called there
   * @param servesChannel whether a channel is open on this node; from any thread
   */
  public NodeLinks(
      Context context,
      LinkIdentity identity,
      LinkSettings settings,
      Predicate<String> servesChannel,
      LinkObserver observer) {
    this.context = (ContextInternal) context;
    this.loop = new VertxLoop(context);
    this.identity = identity;
    this.settings = settings;
    this.observer = observer;
    this.greeting = new Greeting(identity);
    this.meters = Meters.of(context.owner());
    this.sockets = new LinkSockets(this.context);
    this.reception = new Reception(greeting, settings, loop, meters, links::get);
    this.addresses = new LocalAddresses(context.owner(), servesChannel);
    this.questions = new Questions(loop::nanoTime);
  }

  /**
   * Begins to listen. Until {@link #connect} was called, other nodes are sent away to try again.
   *
   * @return the port; fails naming the address if it cannot be listened at
   */
  public Future<Integer> listen() {
    return onContext(
        () -> {
          sweep = loop.every(SWEEP_MS, questions::sweep);
          unmetered = meters.add(context, this::sample);
          return sockets.listen(settings.host(), settings.port(), reception::receive);
        });
  }

  /**
   * Connects to these nodes and to no others. May be called again: nodes that are no longer in the
   * list are disconnected and gone, those at another address are connected to there from the next
   * attempt on. This node itself may be in the list.
   *
   * @return completes when the list is known, not when the nodes are connected
   */
  public Future<Void> connect(List<Peer> peers) {
    return onContext(
        () -> {
          Map<String, Peer> wanted = new HashMap<>();
          peers.forEach(peer -> wanted.put(peer.node(), peer));
          wanted.remove(identity.node());
          if (closed) {
            return Future.failedFuture(new IllegalStateException("the links are closed"));
          }
          for (Link link : List.copyOf(links.values())) {
            if (!wanted.containsKey(link.node())) {
              links.remove(link.node());
              link.close();
            }
          }
          wanted.values().forEach(this::connect);
          reception.open();
          return Future.succeededFuture();
        });
  }

  private void connect(Peer peer) {
    Link known = links.get(peer.node());
    if (known == null) {
      Link link = new Link(peer, greeting, settings, loop, sockets, meters, events);
      links.put(peer.node(), link);
      link.start();
    } else {
      known.moved(peer);
    }
  }

  /**
   * Closes all connections after what waits for them, as far as they take it. What has no answer
   * yet fails, and the observer is told nothing any more. Idempotent.
   */
  public Future<Void> close() {
    return onContext(
        () -> {
          closed = true;
          unmetered.run();
          if (sweep != null) {
            sweep.cancel();
          }
          reception.close();
          links.values().forEach(Link::close);
          links.clear();
          questions.close();
          return sockets.close();
        });
  }

  private <T> Future<T> onContext(Supplier<Future<T>> task) {
    Promise<T> done = context.owner().getOrCreateContext().promise();
    context.runOnContext(turn -> task.get().onComplete(done));
    return done.future();
  }

  @Override
  public String node() {
    return identity.node();
  }

  /** Returns this process's own name, which {@link LinkObserver} tells the others. */
  public String life() {
    return identity.life();
  }

  /** Returns the nodes that are connected now. On the context. */
  public Set<String> connected() {
    return links.values().stream()
        .filter(link -> link.state() == LinkState.UP)
        .map(Link::node)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Finds out whether the process of a node has ended; on the context.
   *
   * @return true if its port refuses connections; false if it takes them, if nothing answers, or if
   *     there is no such node
   */
  public Future<Boolean> hasEnded(String node) {
    Link link = links.get(node);
    return link == null
        ? Future.succeededFuture(false)
        : sockets.isRefused(link.peer().host(), link.peer().port());
  }

  private void sample(Meters.Readings readings) {
    int up = connected().size();
    readings.add(GaugeName.LINKS_UP, up);
    readings.add(GaugeName.LINKS_DOWN, links.size() - up);
    links.values().forEach(each -> readings.add(GaugeName.LINK_OUTBOX_BYTES, each.outbox().size()));
    readings.add(GaugeName.LINK_REQUESTS, questions.size());
  }

  // ---- out

  @Override
  public void send(String toNode, String address, Object body) {
    if (toNode.equals(identity.node())) {
      addresses.send(address, body);
      return;
    }
    Link link = links.get(toNode);
    if (link == null) {
      meters.count(CounterName.LINK_DROPPED_DOWN);
    } else {
      post(link, new Frame.Send(address, body), null);
    }
  }

  @Override
  public Future<@Nullable Object> request(
      String toNode, String address, Object body, long timeoutMs) {
    Promise<@Nullable Object> answer = callersPromise();
    if (toNode.equals(identity.node())) {
      addresses.ask(address, body, timeoutMs, null, answer);
    } else {
      Question question = questions.to(toNode, timeoutMs, answer);
      ask(question, new Frame.Request(question.id(), address, timeoutMs, body));
    }
    return answer.future();
  }

  /**
   * Asks a service of a node, which may be this one.
   *
   * @param timeoutMs at least 1
   * @return the answer; fails as this class says, and with {@code NO_HANDLERS} if the node has no
   *     such service
   */
  public Future<Buffer> call(String toNode, String service, Buffer body, long timeoutMs) {
    Promise<@Nullable Object> answer = callersPromise();
    Question question = questions.to(toNode, timeoutMs, answer);
    if (toNode.equals(identity.node())) {
      question.asked();
      context.runOnContext(
          turn ->
              services
                  .ask(service, toNode, body)
                  .onSuccess(question::answered)
                  .onFailure(e -> question.failed(failure(e, "service " + service))));
    } else {
      ask(question, new Frame.Call(question.id(), service, body));
    }
    return answer.future().map(Buffer.class::cast);
  }

  /**
   * Answers calls of other nodes, and of this one.
   *
   * @return ends that; idempotent
   * @throws IllegalArgumentException if there is a service of this name already
   */
  public Runnable serve(String service, Service handler) {
    return services.add(service, handler);
  }

  private Promise<@Nullable Object> callersPromise() {
    return context.owner().getOrCreateContext().promise();
  }

  private void ask(Question question, Frame frame) {
    Link link = links.get(question.node());
    if (link == null) {
      question.notAsked("node " + question.node() + " is not there");
    } else {
      post(link, frame, question);
    }
  }

  private void post(Link link, Frame frame, @Nullable Question question) {
    byte[] bytes = FrameCodec.write(frame);
    if (bytes.length > settings.maxFrame()) {
      refuse(link, frame, bytes.length, question);
    } else if (link.outbox().add(bytes, question) == Outbox.Added.FIRST) {
      context.runOnContext(turnEnds -> link.flush());
    }
  }

  private void refuse(Link link, Frame frame, int size, @Nullable Question question) {
    meters.count(CounterName.LINK_DROPPED_TOO_LARGE);
    String why =
        size + " bytes for node " + link.node() + ", " + settings.maxFrame() + " are allowed";
    logger.error("Not sent: {}", why);
    if (question != null) {
      question.failed(new ReplyException(ReplyFailure.ERROR, why));
    } else if (frame instanceof Frame.Reply reply) {
      post(link, new Frame.Failure(reply.id(), ReplyFailure.ERROR, NO_CODE, why), null);
    } else if (frame instanceof Frame.Result result) {
      post(link, new Frame.Failure(result.id(), ReplyFailure.ERROR, NO_CODE, why), null);
    }
  }

  // ---- in

  private void hear(Link link, Frame frame) {
    if (frame instanceof Frame.Send send) {
      addresses.deliver(send.address(), send.body());
    } else if (frame instanceof Frame.Request request) {
      Promise<@Nullable Object> answer = context.promise();
      answerTo(
          link,
          request.id(),
          request.address(),
          answer.future(),
          body -> new Frame.Reply(request.id(), body));
      addresses.ask(request.address(), request.body(), request.timeoutMs(), link.node(), answer);
    } else if (frame instanceof Frame.Call call) {
      answerTo(
          link,
          call.id(),
          "service " + call.service(),
          services.ask(call.service(), link.node(), call.body()),
          body -> new Frame.Result(call.id(), body));
    } else if (frame instanceof Frame.Reply reply) {
      answered(link, reply.id(), reply.body());
    } else if (frame instanceof Frame.Result result) {
      answered(link, result.id(), result.body());
    } else if (frame instanceof Frame.Failure failure) {
      Question question = questions.find(failure.id(), link.node());
      if (question != null) {
        question.failed(new ReplyException(failure.type(), failure.code(), failure.message()));
      }
    }
  }

  private void answered(Link link, long id, @Nullable Object body) {
    Question question = questions.find(id, link.node());
    if (question != null) {
      question.answered(body);
    }
  }

  /** Answers over the connection that the question came over; another one does not know it. */
  private <T extends @Nullable Object> void answerTo(
      Link link, long id, String what, Future<T> answer, Function<T, Frame> frame) {
    long session = link.session();
    answer.onComplete(
        done ->
            onLoop(
                () -> {
                  if (link.state() == LinkState.UP && link.session() == session) {
                    post(
                        link,
                        done.succeeded()
                            ? frame.apply(done.result())
                            : failureFrame(id, failure(done.cause(), what)),
                        null);
                  }
                }));
  }

  /** Runs now if this is the context, so that answers keep their order with what is sent. */
  private void onLoop(Runnable task) {
    if (context.inThread()) {
      task.run();
    } else {
      loop.later(task);
    }
  }

  private static Frame failureFrame(long id, ReplyException failure) {
    return new Frame.Failure(
        id, failure.failureType(), failure.failureCode(), failure.getMessage());
  }

  /** Returns what the asker is told of a failure; what it is not told is logged. */
  private static ReplyException failure(Throwable cause, String what) {
    if (cause instanceof ReplyException failure) {
      return failure;
    } else if (cause instanceof EricException eric) {
      return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, eric.code(), eric.text());
    }
    logger.error("A request of a node to {} failed", what, cause);
    return new ReplyException(ReplyFailure.ERROR);
  }

  private final class LinkEvents implements Link.Events {

    @Override
    public void up(Link link, String life) {
      tell(() -> observer.up(link.node(), life));
    }

    @Override
    public void down(Link link) {
      questions.lost(link.node());
      tell(() -> observer.down(link.node()));
    }

    @Override
    public void gone(Link link, String life) {
      tell(() -> observer.gone(link.node(), life));
    }

    /** A link has more to do after it has told something, whatever the observer throws. */
    private void tell(Runnable news) {
      if (closed) {
        return;
      }
      try {
        news.run();
      } catch (RuntimeException e) {
        logger.error("The observer of the links has failed", e);
      }
    }

    @Override
    public void frame(Link link, Frame frame) {
      try {
        hear(link, frame);
      } catch (RuntimeException e) {
        logger.error("What node {} has sent could not be handled", link.node(), e);
      }
    }
  }
}

package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One client's session over HTTP. Thread-safe; only closing it takes time. */
final class HttpSession implements ToClient.Client, AutoCloseable {
  private final String id;
  private final Backlog backlog;
  private final Relay relay;
  private volatile long used;
  private volatile @Nullable EventStream listening;
  private volatile @Nullable EventStream answering;

  HttpSession(String id, Settings settings) {
    this.id = id;
    this.used = settings.time().nanoTime();
    this.backlog = new Backlog(4L * settings.maxBytes());
    // Not by its id, which is all that a client needs to be taken for this one, and which forms,
    // pages and logs would show.
    Caller caller = Caller.grant("anonymous").withSession(UUID.randomUUID().toString());
    this.relay = new Relay(settings, caller, this);
  }

  String id() {
    return id;
  }

  Relay relay() {
    return relay;
  }

  /** {@return when the client last said something} */
  long used() {
    return used;
  }

  void use(long now) {
    used = now;
  }

  /** {@return whether the client waits for an answer} */
  boolean busy() {
    return relay.busy();
  }

  /** {@return whether the client listens to what the upstream says of its own accord} */
  boolean listens() {
    EventStream stream = listening;
    return stream != null && !stream.hasEnded();
  }

  /** {@return what waits for the client} */
  Backlog backlog() {
    return backlog;
  }

  /** Tells the client of what concerns no request of its own; it ends the stream before. */
  void listen(EventStream stream) {
    EventStream before = listening;
    listening = stream;
    if (before != null) {
      before.finish();
    }
  }

  /** A stream on which one request is answered; it serves all until the client listens. */
  void answering(EventStream stream) {
    answering = stream;
  }

  /** Shows the client that it is still there, and finds out whether the client is. */
  void keepAlive() {
    EventStream stream = listening;
    if (stream != null) {
      stream.comment();
    }
  }

  @Override
  public boolean deliver(Message message) {
    EventStream stream = listens() ? listening : answering;
    return stream != null && stream.offer(message);
  }

  @Override
  public CompletionStage<?> room() {
    return backlog.room();
  }

  @Override
  public void close() {
    EventStream stream = listening;
    if (stream != null) {
      stream.finish();
    }
    backlog.close();
    relay.close();
  }
}

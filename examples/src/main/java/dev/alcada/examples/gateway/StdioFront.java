package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one client over standard input and output, until it is gone or nothing can be served. */
final class StdioFront {
  private static final Logger LOG = LoggerFactory.getLogger(StdioFront.class);
  private static final Duration GIVEN_UP = Duration.ofSeconds(30);
  private static final Duration LAST_LINES = Duration.ofSeconds(5);

  private final MessageLines in;
  private final LineWriter out;
  private final Duration lastAnswers;
  private final Map<Object, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> clientGone = new CompletableFuture<>();

  /**
   * @param lastAnswers how long what is under way may take once the client has closed its side
   */
  StdioFront(InputStream in, OutputStream out, int maxBytes, Duration lastAnswers) {
    this.in = new MessageLines(in, maxBytes);
    this.out = LineWriter.start("client-out", out, 4L * maxBytes);
    this.lastAnswers = lastAnswers;
  }

  /** {@return why nothing can be served, or {@code null} if the client is gone} */
  @Nullable String serve(Settings settings) {
    try (Relay relay = new Relay(settings, Caller.grant("local"), new Client())) {
      settings.guard().onReplaced(policy -> relay.policyChanged());
      Thread reader = new Thread(() -> read(relay), "client-in");
      reader.setDaemon(true);
      reader.start();
      CompletableFuture.anyOf(clientGone, relay.end(), out.end().exceptionally(e -> null)).join();
      if (relay.end().isDone()) {
        // All has been given up, but another thread may still be about to say so.
        await(underWay.values(), GIVEN_UP);
      }
      return relay.end().getNow(null);
    } finally {
      out.close();
      await(List.of(out.end()), LAST_LINES);
    }
  }

  private void read(Relay relay) {
    try {
      for (String line = nextLine(); line != null; line = nextLine()) {
        if (!line.isBlank()) {
          take(relay, line);
        }
      }
      await(underWay.values(), lastAnswers);
    } catch (IOException e) {
      LOG.debug("The client is gone: {}", Quoted.of(e));
    } catch (Throwable e) {
      LOG.error("The client's messages cannot be read any more: {}", Quoted.of(e));
    } finally {
      clientGone.complete(null);
    }
  }

  private static void await(Collection<CompletableFuture<Void>> all, Duration patience) {
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("Not everything was answered: {}", Quoted.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable String nextLine() throws IOException {
    // Who does not read what it asked for is not asked for more.
    out.room().join();
    try {
      return in.next();
    } catch (MessageLines.TooLongException e) {
      offer(Message.Answer.error(null, Message.INVALID_REQUEST, String.valueOf(e.getMessage())));
      return "";
    }
  }

  /** A message for which the stack or the memory is too small ends nothing but itself. */
  private void take(Relay relay, String line) {
    try {
      read(relay, line);
    } catch (StackOverflowError | OutOfMemoryError e) {
      LOG.error("A message of the client could not be taken in: {}", Quoted.of(e));
      String why = "the gateway could not take the message in";
      offer(Message.Answer.error(null, Message.INTERNAL_ERROR, why));
    }
  }

  private void read(Relay relay, String line) {
    Message message;
    try {
      message = Message.read(line);
    } catch (IllegalArgumentException e) {
      LOG.debug("Not a message: {}", Quoted.of(e));
      String why = "not a JSON-RPC message, or one that can be read in two ways";
      offer(Message.Answer.error(null, Message.PARSE_ERROR, why));
      return;
    }
    if (message instanceof Message.Request request) {
      CompletableFuture<Void> answered = new CompletableFuture<>();
      Object question = new Object(); // an id may come twice
      underWay.put(question, answered);
      relay
          .request(request, Room.weight(line), this::offer)
          .thenAccept(
              response -> {
                if (response != null) {
                  out.add(response.text());
                }
                underWay.remove(question);
                answered.complete(null);
              });
    } else if (message instanceof Message.Notification notification) {
      relay.notification(notification);
    } else if (message instanceof Message.Answer answer) {
      relay.answer(answer);
    }
  }

  private boolean offer(Message message) {
    return out.offer(message.text(), () -> true) != null;
  }

  private final class Client implements ToClient.Client {
    @Override
    public boolean deliver(Message message) {
      return offer(message);
    }

    @Override
    public CompletionStage<?> room() {
      return out.room();
    }
  }
}

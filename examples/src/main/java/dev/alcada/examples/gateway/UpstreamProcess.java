package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import dev.alcada.time.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MCP server that the gateway started, with the gateway's environment. Its standard input and
 * output carry the messages; what it writes to standard error is passed on, a line as a line.
 *
 * <p>Three threads serve it: one writes, one reads, one passes its standard error on. All of them
 * end with it.
 */
final class UpstreamProcess implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamProcess.class);
  private static final long GRACE_SECONDS = 3;
  private static final long EXIT_SECONDS = 20;
  private static final long LAST_ERROR_MILLIS = 1_000;
  private static final int LONGEST_ERROR_LINE = 1 << 16;

  private final Process process;
  private final LineWriter toServer;
  private final Limits limits;
  private final Listener listener;
  private final Thread atExit = new Thread(this::end, "upstream-end");
  private volatile boolean closing;
  private final Allowance lines = new Allowance(TimeSource.system());
  private volatile int exitCode = 1;
  private volatile boolean spoke;
  private volatile String lastError = "";

  /**
   * What a server may take.
   *
   * @param maxBytes the longest message
   * @param takes within this time it takes a message, or the message is answered for it
   */
  record Limits(int maxBytes, Duration takes) {}

  private UpstreamProcess(Process process, Limits limits, Listener listener) {
    this.process = process;
    this.limits = limits;
    this.listener = listener;
    this.toServer =
        LineWriter.start("upstream-in", process.getOutputStream(), 4L * limits.maxBytes());
  }

  static UpstreamProcess start(List<String> command, Limits limits, Listener listener)
      throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new IOException("the upstream server cannot be started: " + e.getMessage(), e);
    }
    try {
      UpstreamProcess started = new UpstreamProcess(process, limits, listener);
      Runtime.getRuntime().addShutdownHook(started.atExit);
      Thread errors = daemon("upstream-err", started::passErrorsOn);
      daemon("upstream-out", () -> started.read(errors));
      return started;
    } catch (Throwable e) {
      // Without its threads nobody would ever hear of it.
      process.destroyForcibly();
      throw e;
    }
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void read(Thread errors) {
    String why = null;
    try {
      MessageLines lines = new MessageLines(process.getInputStream(), limits.maxBytes());
      for (String line = next(lines); line != null; line = next(lines)) {
        receive(line);
      }
    } catch (IOException e) {
      LOG.debug("The upstream's output cannot be read: {}", Quoted.of(e));
    } catch (Throwable e) {
      why = "sent what the gateway could not take in (" + e.getClass().getSimpleName() + ")";
      process.destroyForcibly();
    } finally {
      // Whatever ended this thread, nobody will hear of the server again.
      toServer.close();
      String said = why == null ? farewell(errors) : why;
      listener.onEnd(closing ? Link.CLOSING : "the upstream server " + said);
    }
  }

  private @Nullable String next(MessageLines lines) throws IOException {
    try {
      return lines.next();
    } catch (MessageLines.TooLongException e) {
      broken("the upstream server sent something too large: " + e.getMessage());
      return "";
    }
  }

  private void broken(String why) {
    if (allowed()) {
      LOG.error("{}; what was under way is given up.", why);
    }
    listener.onBroken(why);
  }

  private boolean allowed() {
    long leftOut = lines.take();
    if (leftOut > 0) {
      LOG.warn("{} lines of the upstream, or about it, were left out.", leftOut);
    }
    return leftOut >= 0;
  }

  private void receive(String line) throws InterruptedException {
    if (!Message.isMeant(line)) {
      skip(line);
      return;
    }
    Message message;
    try {
      message = Message.read(line);
    } catch (IllegalArgumentException e) {
      LOG.debug("Not a message: {}", Quoted.of(e));
      if (Message.isOther(line)) {
        skip(line);
        return;
      }
      broken("the upstream server sent something that is not a JSON-RPC message");
      return;
    }
    spoke = true;
    CompletionStage<?> taken;
    try {
      taken = listener.onMessage(message);
    } catch (RuntimeException e) {
      LOG.debug("A message that cannot be used: {}", Quoted.of(e));
      broken("the upstream server sent something that cannot be used");
      return;
    }
    awaitRoom(taken.toCompletableFuture());
  }

  // What the client does not take need not be read: this thread has nothing else to do.
  private static void awaitRoom(CompletableFuture<?> taken) throws InterruptedException {
    try {
      taken.get();
    } catch (ExecutionException e) {
      LOG.debug("The client has not taken a message: {}", Quoted.of(e));
    }
  }

  // Many servers log to standard output, as text or as JSON.
  private void skip(String line) {
    if (!line.isBlank() && allowed()) {
      LOG.warn(
          "The upstream wrote a line to standard output that is no message; skipped: {}",
          Quoted.of(line));
    }
  }

  private void passErrorsOn() {
    try (InputStream errors = process.getErrorStream()) {
      MessageLines lines = new MessageLines(errors, LONGEST_ERROR_LINE);
      for (String line = nextError(lines); line != null; line = nextError(lines)) {
        lastError = line.isBlank() ? lastError : line;
        if (allowed()) {
          System.err.println("upstream: " + Quoted.line(line));
        }
      }
    } catch (IOException e) {
      LOG.debug("The upstream's standard error cannot be read: {}", Quoted.of(e));
    }
  }

  private static @Nullable String nextError(MessageLines lines) throws IOException {
    try {
      return lines.next();
    } catch (MessageLines.TooLongException e) {
      return "(a line of more than 64 KiB)";
    }
  }

  // On a busy machine, and behind a launcher, a while passes between the two ends.
  private String farewell(Thread errors) {
    try {
      if (process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
        exitCode = closing ? 1 : process.exitValue();
        errors.join(LAST_ERROR_MILLIS);
        String end = "ended with exit code " + process.exitValue();
        // Whoever cannot start says why; later this may be anything.
        return spoke || lastError.isEmpty() ? end : end + ": " + Quoted.of(lastError);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "closed its output";
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on it tells of it
  public CompletionStage<?> send(Message message, BooleanSupplier begin) {
    LineWriter.Line line = toServer.offer(message.text(), begin);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    if (line == null) {
      sent.completeExceptionally(
          new NotDoneException("the upstream server does not take what is sent to it"));
      return sent;
    }
    Later.Due watch =
        Later.in(
            limits.takes(),
            () -> {
              if (!line.withdraw()) {
                sent.completeExceptionally(new UpstreamException(late()));
              }
            });
    line.written()
        .whenComplete(
            (written, thrown) -> {
              watch.cancel();
              if (thrown != null) {
                String why = "the upstream server takes no more messages";
                sent.completeExceptionally(
                    line.begun() ? new UpstreamException(why) : new NotDoneException(why));
              } else if (written) {
                sent.complete(null);
              } else {
                // Taken back in time, or not wanted any more.
                sent.completeExceptionally(new NotDoneException(late()));
              }
            });
    return sent;
  }

  private String late() {
    return "the upstream server has not taken the message within "
        + limits.takes().toSeconds()
        + " s";
  }

  /** {@return the exit code it chose itself, or 1 if the gateway ended it} */
  int exitCode() {
    return exitCode;
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("The program is ending anyway.", e);
    }
  }

  // Closes its input, waits, and then insists: the shutdown that MCP describes for stdio. What it
  // has started itself is known only as long as it runs.
  private void end() {
    closing = true;
    List<ProcessHandle> family =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    toServer.close();
    try {
      if (!gone(family)) {
        family.forEach(ProcessHandle::destroy);
        if (!gone(family)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          family.forEach(ProcessHandle::destroyForcibly);
        }
      }
    } catch (InterruptedException e) {
      family.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }

  private static boolean gone(List<ProcessHandle> family) throws InterruptedException {
    try {
      CompletableFuture.allOf(
              family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(GRACE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}

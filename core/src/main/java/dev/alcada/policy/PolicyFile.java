package dev.alcada.policy;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.UnreadableException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A policy file that is read again when it changes. What does not load is reported, and leaves the
 * last good policy in force. Safe for use by several threads.
 *
 * <p>The file's content is looked at once a second, so that every way of replacing it is noticed:
 * an editor that writes in steps, an atomic rename, or a symbolic link that is swapped, as
 * Kubernetes does for a ConfigMap. A change is taken over once two looks in a row find the same
 * content.
 */
public final class PolicyFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFile.class);

  private final Path path;
  private final Consumer<? super Policy> onPolicy;
  private final Consumer<? super PolicyException> onError;
  private volatile @Nullable ScheduledExecutorService timer;
  private volatile Policy policy;
  private volatile boolean closed;

  /** The text that was last taken over or reported, and the one that may be still being written. */
  private Content settled;

  private @Nullable Content pending;

  /** What a look at the file finds: its text, or why there is none. */
  private record Content(@Nullable String text, @Nullable PolicyException failure) {
    static Content of(Path path) {
      try {
        return new Content(DocumentText.text(path), null);
      } catch (UnreadableException e) {
        return new Content(null, PolicyException.of(path.toString(), e));
      }
    }

    boolean same(Content other) {
      return Objects.equals(text, other.text)
          && Objects.equals(describe(failure), describe(other.failure));
    }

    private static @Nullable String describe(@Nullable PolicyException failure) {
      return failure == null ? null : failure.getMessage();
    }
  }

  /** A file that is looked at by {@link #poll} alone. */
  PolicyFile(
      Path path, Consumer<? super Policy> onPolicy, Consumer<? super PolicyException> onError) {
    this.path = Objects.requireNonNull(path, "path");
    this.onPolicy = Objects.requireNonNull(onPolicy, "onPolicy");
    this.onError = Objects.requireNonNull(onError, "onError");
    this.settled = Content.of(path);
    this.policy = policy(settled);
  }

  /**
   * Hands over the policy that a file holds, at once and on this thread, and from then on each that
   * takes its place:
   *
   * <pre>{@code
   * PolicyFile.watch(path, guard::replacePolicy, problem -> log.error("not in force", problem));
   * }</pre>
   *
   * <p>After the first, both receivers are called by one thread of the watch, one call at a time;
   * what they throw there is logged and does not end the watch.
   *
   * @param path the document's file
   * @param onPolicy takes the policy, and each later one
   * @param onError takes what keeps a later document from loading
   * @return the watch, which lasts until it is closed
   * @throws PolicyException if the file does not load at first
   */
  public static PolicyFile watch(
      Path path, Consumer<? super Policy> onPolicy, Consumer<? super PolicyException> onError) {
    PolicyFile file = new PolicyFile(path, onPolicy, onError);
    onPolicy.accept(file.policy);
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "alcada-policy-file");
              thread.setDaemon(true);
              return thread;
            });
    Future<?> unused = timer.scheduleWithFixedDelay(file::poll, 1, 1, TimeUnit.SECONDS);
    file.timer = timer;
    return file;
  }

  /** {@return the last good policy} */
  public Policy policy() {
    return policy;
  }

  /**
   * Ends the watch. A receiver that is being called, or about to be, may still finish; none hears
   * of what is read afterwards.
   */
  @Override
  public void close() {
    closed = true;
    ScheduledExecutorService running = timer;
    if (running != null) {
      running.shutdown();
    }
  }

  /** Looks at the file once. */
  synchronized void poll() {
    if (closed) {
      return;
    }
    try {
      Content content = Content.of(path);
      if (content.same(settled)) {
        pending = null;
      } else if (pending == null || !content.same(pending)) {
        pending = content;
      } else {
        pending = null;
        settled = content;
        takeOver(content);
      }
    } catch (RuntimeException | Error e) {
      // Thrown on, it would end the watch without a word.
      LOG.error("{} could not be looked at", path, e);
    }
  }

  private void takeOver(Content content) {
    try {
      Policy changed = policy(content);
      // A change of comments or layout alone is none.
      if (!closed && !changed.equals(policy)) {
        policy = changed;
        onPolicy.accept(changed);
      }
    } catch (PolicyException e) {
      if (!closed) {
        halt(e.halt());
        report(e);
      }
    } catch (RuntimeException | Error e) {
      LOG.error("{} was read, but its policy was not taken over", path, e);
    }
  }

  /** Hands over the last good policy, halted, if a document says so that does not load. */
  private void halt(@Nullable String text) {
    if (text == null || text.equals(policy.halted())) {
      return;
    }
    try {
      policy = policy.withHalt(text);
      onPolicy.accept(policy);
    } catch (RuntimeException | Error e) {
      LOG.error("{} halts every call, and that was not taken over", path, e);
    }
  }

  private void report(PolicyException problem) {
    try {
      onError.accept(problem);
    } catch (RuntimeException | Error e) {
      LOG.error("{} does not load, and the report of it failed", path, e);
    }
  }

  private Policy policy(Content content) {
    if (content.failure != null) {
      throw content.failure;
    }
    return DocumentReader.read(Objects.requireNonNull(content.text), path.toString());
  }
}

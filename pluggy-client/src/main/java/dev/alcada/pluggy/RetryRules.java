package dev.alcada.pluggy;

import static dev.alcada.pluggy.Failure.Kind.CREDENTIALS_REFUSED;
import static dev.alcada.pluggy.Failure.Kind.FORBIDDEN;
import static dev.alcada.pluggy.Failure.Kind.INVALID_REQUEST;
import static dev.alcada.pluggy.Failure.Kind.OUTCOME_UNKNOWN;
import static dev.alcada.pluggy.Failure.Kind.UNAVAILABLE;

import dev.alcada.pluggy.Operation.Effect;
import dev.alcada.pluggy.Reply.Answer;
import dev.alcada.pluggy.Reply.Lost;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each reply to one request means, and whether it is worth another attempt. One rule is above
 * the others: what may have been done, and would be done twice, is not repeated unless the caller
 * opted in. Used by one call at a time.
 */
final class RetryRules<T extends @Nullable Object> {
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
  private static final Duration LONGEST_SPREAD = Duration.ofMillis(500);
  private static final Duration DEFAULT_RATE_WAIT = Duration.ofMinutes(1);

  private final Settings settings;
  private final Operation<T> operation;
  private final Deadline deadline;
  private int retried;
  private boolean renewed;
  private boolean mayBeDone;

  /** Begins with no attempt made. */
  RetryRules(Settings settings, Operation<T> operation, Deadline deadline) {
    this.settings = settings;
    this.operation = operation;
    this.deadline = deadline;
  }

  Operation<T> operation() {
    return operation;
  }

  Deadline deadline() {
    return deadline;
  }

  /**
   * Returns what to do after a reply.
   *
   * @param key the key the request carried, or {@code null} if it carried none
   * @param asked when the request was sent
   */
  Next<T> judge(Reply reply, @Nullable ApiKey key, Instant asked) {
    return reply instanceof Answer answer ? answered(answer, key, asked) : lost((Lost) reply, key);
  }

  private Next<T> answered(Answer answer, @Nullable ApiKey key, Instant asked) {
    int status = answer.status();
    boolean success = status >= 200 && status < 300;
    // What was deleted by an attempt whose answer was lost is not there for the next one.
    boolean gone = status == 404 && mayBeDone && operation.effect() == Effect.SAME_TWICE;
    if (answer.whole() && (success || gone)) {
      Next<T> done = operation.read(answer, asked);
      if (done != null) {
        return done;
      }
    }
    Map<String, @Nullable Object> body =
        success || !answer.whole() ? null : Json.readObject(answer.body());
    ErrorAnswer error = ErrorAnswer.of(operation, answer, body, redactor(key));
    return switch (status) {
      case 401, 403 -> notAccepted(error, key);
      case 429 -> rateLimited(answer, error);
      // The request did not arrive whole, or belongs elsewhere: neither was acted upon.
      case 307, 308, 408 -> failed(error.as(UNAVAILABLE));
      case 400 -> failed(error.as(operation.isForKey() ? CREDENTIALS_REFUSED : INVALID_REQUEST));
      default ->
          status > 400 && status < 500
              ? failed(error.as(operation.isForKey() ? UNAVAILABLE : INVALID_REQUEST))
              : unclear(answer, error);
    };
  }

  private Next<T> notAccepted(ErrorAnswer error, @Nullable ApiKey key) {
    if (key != null && !renewed && key.worthReplacing(settings.clock().instant())) {
      renewed = true;
      return new Next.Renew<>();
    }
    boolean credentials = operation.isForKey() || error.status() == 401;
    return failed(error.as(credentials ? CREDENTIALS_REFUSED : FORBIDDEN));
  }

  private Next<T> rateLimited(Answer answer, ErrorAnswer error) {
    Duration asked = Waits.of(answer.headers(), settings.clock().instant());
    Duration wait = asked == null ? DEFAULT_RATE_WAIT : asked;
    if (retried >= settings.retries() || !deadline.allows(wait)) {
      return failed(error.rateLimited(wait));
    }
    retried++;
    Duration spread = wait.plus(settings.pauses().jitter(LONGEST_SPREAD));
    return new Next.Again<>(deadline.allows(spread) ? spread : wait);
  }

  /** What to do after an answer that does not say whether the request was acted upon. */
  private Next<T> unclear(Answer answer, ErrorAnswer error) {
    mayBeDone |= operation.effect() != Effect.NONE;
    boolean mayPass = answer.status() >= 502 && answer.status() <= 504;
    if (mayPass && mayBeRepeated()) {
      Next<T> again = again(Waits.of(answer.headers(), settings.clock().instant()));
      if (again != null) {
        return again;
      }
    }
    return failed(error.as(UNAVAILABLE));
  }

  private Next<T> lost(Lost lost, @Nullable ApiKey key) {
    mayBeDone |= lost.sent() && operation.effect() != Effect.NONE;
    if (!lost.abandoned() && (!lost.sent() || mayBeRepeated())) {
      Next<T> again = again(null);
      if (again != null) {
        return again;
      }
    }
    String what = lost.sent() ? "was sent, but its answer was lost" : "could not be sent";
    if (lost.abandoned()) {
      what = "was given up";
    } else if (deadline.remaining() <= 0) {
      what = "was not answered within " + settings.deadline().toMillis() + " ms";
    }
    return failed(
        unavailable(what + ": " + lost.cause().getClass().getSimpleName(), cause(lost, key)));
  }

  /** Returns what may be told of why an answer was lost: a parser quotes what it could not read. */
  private @Nullable Throwable cause(Lost lost, @Nullable ApiKey key) {
    boolean mayQuote = operation.isForKey() && lost.sent() && !lost.abandoned();
    return mayQuote ? null : redactor(key).clean(lost.cause());
  }

  private Failure unavailable(String what, @Nullable Throwable cause) {
    return Failure.of(UNAVAILABLE, operation.route(), operation + " " + what, cause);
  }

  /** {@return another attempt after a back-off, or {@code null} if there is none left} */
  private @Nullable Next<T> again(@Nullable Duration asked) {
    Duration half = FIRST_BACKOFF.multipliedBy(1L << retried).dividedBy(2);
    Duration backoff = half.plus(settings.pauses().jitter(half));
    Duration wait = asked == null || asked.compareTo(backoff) < 0 ? backoff : asked;
    if (retried >= settings.retries() || !deadline.allows(wait)) {
      return null;
    }
    retried++;
    return new Next.Again<>(wait);
  }

  /** Returns the end of a call that is given up between two attempts. */
  Next<T> abandoned(String why, @Nullable Throwable cause) {
    return failed(unavailable("was given up: " + why, cause));
  }

  private Next<T> failed(Failure failure) {
    return new Next.Failed<>(inView(failure));
  }

  /** Returns a failure as it is in view of the attempts before: one may have been acted upon. */
  Failure inView(Failure failure) {
    return mayBeDone ? failure.as(OUTCOME_UNKNOWN) : failure;
  }

  private boolean mayBeRepeated() {
    return operation.effect() != Effect.ANOTHER || settings.retryUnknownOutcome();
  }

  private Redactor redactor(@Nullable ApiKey key) {
    List<String> all = new ArrayList<>(operation.secrets());
    if (key != null) {
      all.addAll(key.secrets());
    }
    return new Redactor(all);
  }
}

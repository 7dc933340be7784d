package dev.alcada.pluggy;

import static dev.alcada.pluggy.Problem.Kind.CREDENTIALS_REFUSED;
import static dev.alcada.pluggy.Problem.Kind.FORBIDDEN;
import static dev.alcada.pluggy.Problem.Kind.INVALID_REQUEST;
import static dev.alcada.pluggy.Problem.Kind.OUTCOME_UNKNOWN;
import static dev.alcada.pluggy.Problem.Kind.UNAVAILABLE;

import dev.alcada.pluggy.Reply.Answer;
import dev.alcada.pluggy.Reply.Lost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each reply to one request means, and whether it is worth another attempt. One rule is above
 * the others: what may have minted a token is not repeated unless the caller opted in. Used by one
 * call at a time.
 */
final class Attempts {
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
  private static final Duration LONGEST_SPREAD = Duration.ofMillis(500);
  private static final Duration DEFAULT_RATE_WAIT = Duration.ofMinutes(1);

  private final Settings settings;
  private final Endpoint endpoint;
  private final Deadline deadline;
  private final List<String> secrets;
  private int retried;
  private boolean renewed;
  private boolean mayHaveMinted;

  /**
   * Begins with no attempt made.
   *
   * @param secrets what the request's body has that no message may show
   */
  Attempts(Settings settings, Endpoint endpoint, Deadline deadline, List<String> secrets) {
    this.settings = settings;
    this.endpoint = endpoint;
    this.deadline = deadline;
    this.secrets = secrets;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Deadline deadline() {
    return deadline;
  }

  /**
   * Returns what to do after a reply.
   *
   * @param key the key the request carried, or {@code null} if it carried none
   */
  Verdict judge(Reply reply, @Nullable ApiKey key) {
    return reply instanceof Answer answer ? answered(answer, key) : lost((Lost) reply, key);
  }

  private Verdict answered(Answer answer, @Nullable ApiKey key) {
    Map<String, @Nullable Object> body = answer.whole() ? Json.readObject(answer.body()) : null;
    int status = answer.status();
    boolean success = status >= 200 && status < 300;
    if (success
        && body != null
        && body.get(endpoint.field()) instanceof String value
        && ApiKey.isUsable(value)) {
      return new Verdict.Done(value, answer.headers());
    }
    Refusal refusal = Refusal.of(endpoint, answer, success ? null : body, redactor(key));
    return switch (status) {
      case 401, 403 -> notAccepted(refusal, key);
      case 429 -> rateLimited(answer, refusal);
      // The request did not arrive whole, or belongs elsewhere: neither was acted upon.
      case 307, 308, 408 -> failed(refusal.as(UNAVAILABLE));
      case 400 -> failed(refusal.as(isAuth() ? CREDENTIALS_REFUSED : INVALID_REQUEST));
      default ->
          status > 400 && status < 500
              ? failed(refusal.as(isAuth() ? UNAVAILABLE : INVALID_REQUEST))
              : unclear(answer, refusal);
    };
  }

  private Verdict notAccepted(Refusal refusal, @Nullable ApiKey key) {
    if (key != null && !renewed && key.worthReplacing(settings.clock().instant())) {
      renewed = true;
      return new Verdict.Renew();
    }
    boolean credentials = isAuth() || refusal.status() == 401;
    return failed(refusal.as(credentials ? CREDENTIALS_REFUSED : FORBIDDEN));
  }

  private Verdict rateLimited(Answer answer, Refusal refusal) {
    Duration asked = Waits.of(answer.headers(), settings.clock().instant());
    Duration wait = asked == null ? DEFAULT_RATE_WAIT : asked;
    if (retried >= settings.retries() || !deadline.allows(wait)) {
      return failed(refusal.rateLimited(wait));
    }
    retried++;
    Duration spread = wait.plus(settings.pauses().jitter(LONGEST_SPREAD));
    return new Verdict.Again(deadline.allows(spread) ? spread : wait);
  }

  /** What to do after an answer that does not say whether the request was acted upon. */
  private Verdict unclear(Answer answer, Refusal refusal) {
    mayHaveMinted |= !isAuth();
    boolean mayPass = answer.status() >= 502 && answer.status() <= 504;
    if (mayPass && isHarmless()) {
      Verdict again = again(Waits.of(answer.headers(), settings.clock().instant()));
      if (again != null) {
        return again;
      }
    }
    return failed(refusal.as(UNAVAILABLE));
  }

  private Verdict lost(Lost lost, @Nullable ApiKey key) {
    mayHaveMinted |= lost.sent() && !isAuth();
    if (!lost.abandoned() && (!lost.sent() || isHarmless())) {
      Verdict again = again(null);
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
    return failed(unavailable(what + ": " + lost.cause().getClass().getSimpleName(), lost, key));
  }

  private Problem unavailable(String what, Lost lost, @Nullable ApiKey key) {
    return Problem.of(
        UNAVAILABLE,
        endpoint.path(),
        "POST " + endpoint.path() + " " + what,
        redactor(key).clean(lost.cause()));
  }

  /** {@return another attempt after a back-off, or {@code null} if there is none left} */
  private @Nullable Verdict again(@Nullable Duration asked) {
    Duration half = FIRST_BACKOFF.multipliedBy(1L << retried).dividedBy(2);
    Duration backoff = half.plus(settings.pauses().jitter(half));
    Duration wait = asked == null || asked.compareTo(backoff) < 0 ? backoff : asked;
    if (retried >= settings.retries() || !deadline.allows(wait)) {
      return null;
    }
    retried++;
    return new Verdict.Again(wait);
  }

  /** Returns the end of a call that is given up between two attempts. */
  Verdict abandoned(String why, @Nullable Throwable cause) {
    String message = "POST " + endpoint.path() + " was given up: " + why;
    return failed(Problem.of(UNAVAILABLE, endpoint.path(), message, cause));
  }

  private Verdict failed(Problem problem) {
    return new Verdict.Failed(inView(problem));
  }

  /** Returns a problem as it is in view of the attempts before: one may have minted a token. */
  Problem inView(Problem problem) {
    return mayHaveMinted ? problem.as(OUTCOME_UNKNOWN) : problem;
  }

  private boolean isHarmless() {
    return isAuth() || settings.retryUnknownOutcome();
  }

  private boolean isAuth() {
    return endpoint == Endpoint.AUTH;
  }

  private Redactor redactor(@Nullable ApiKey key) {
    List<String> all = new ArrayList<>(secrets);
    if (key != null) {
      all.addAll(key.secrets());
    }
    return new Redactor(all);
  }
}

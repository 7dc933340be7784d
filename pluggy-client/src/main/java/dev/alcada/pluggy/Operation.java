package dev.alcada.pluggy;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is asked of Pluggy: what is sent, what may be read of the answer, and what it
 * does. Immutable.
 *
 * @param <T> what it is asked for
 */
final class Operation<T extends @Nullable Object> {
  /** What a request that was acted upon has done, which decides whether it may be sent again. */
  enum Effect {
    /** Nothing: to ask again does no harm. */
    NONE,
    /** Something that is no different if it is done twice. */
    SAME_TWICE,
    /** Something that is there twice if it is done twice. */
    ANOTHER
  }

  /** How an answer is read. */
  interface Reading<T extends @Nullable Object> {
    /**
     * Returns what a complete answer holds, or {@code null} if it is not of use.
     *
     * @param asked when it was asked for, by this machine's clock
     */
    Next.@Nullable Done<T> of(Reply.Answer answer, Instant asked);
  }

  private final String method;
  private final String route;
  private final HttpUrl url;
  private final byte @Nullable [] body;
  private final Effect effect;
  private final int maxAnswer;
  private final String wanted;
  private final Supplier<List<String>> secrets;
  private final Reading<T> reading;

  /**
   * Makes an operation.
   *
   * @param route its path as messages and listeners show it: without ids, and without a query
   * @param maxAnswer how many bytes of an answer are read
   * @param wanted what its answer must hold, for messages
   * @param secrets what the body says that no message may repeat
   */
  Operation(
      String method,
      String route,
      HttpUrl url,
      byte @Nullable [] body,
      Effect effect,
      int maxAnswer,
      String wanted,
      Supplier<List<String>> secrets,
      Reading<T> reading) {
    this.method = method;
    this.route = route;
    this.url = url;
    this.body = body;
    this.effect = effect;
    this.maxAnswer = maxAnswer;
    this.wanted = wanted;
    this.secrets = secrets;
    this.reading = reading;
  }

  String method() {
    return method;
  }

  String route() {
    return route;
  }

  HttpUrl url() {
    return url;
  }

  byte @Nullable [] body() {
    return body;
  }

  Effect effect() {
    return effect;
  }

  int maxAnswer() {
    return maxAnswer;
  }

  String wanted() {
    return wanted;
  }

  List<String> secrets() {
    return secrets.get();
  }

  Next.@Nullable Done<T> read(Reply.Answer answer, Instant asked) {
    return reading.of(answer, asked);
  }

  /** Returns whether this asks for an API key: then nothing that an answer says is repeated. */
  boolean isForKey() {
    return route.equals(Operations.AUTH);
  }

  /** {@return method and route} */
  @Override
  public String toString() {
    return method + " " + route;
  }
}

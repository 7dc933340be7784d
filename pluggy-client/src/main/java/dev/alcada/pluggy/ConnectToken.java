package dev.alcada.pluggy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A connect token: what the Pluggy Connect widget needs to connect one account. It may be handed to
 * the browser of the user it is for, and to nobody else. Immutable; {@link #toString} masks the
 * value, and neither Java's serialisation nor the usual JSON mappers write it unasked.
 */
public final class ConnectToken {
  // transient: mappers that read private fields leave it out
  private final transient String value;
  private final Instant issued;
  private final Instant expires;
  private final transient InstantSource clock;

  ConnectToken(String value, Instant issued, Instant expires, InstantSource clock) {
    this.value = value;
    this.issued = issued;
    this.expires = expires;
    this.clock = clock;
  }

  /** {@return the token itself, as the widget takes it} */
  public String value() {
    return value;
  }

  /** {@return when it was asked for, by this machine's clock; never later than Pluggy made it} */
  public Instant issued() {
    return issued;
  }

  /** {@return when it stops working, by this machine's clock: 30 minutes after it was asked for} */
  public Instant expires() {
    return expires;
  }

  /** {@return how long it still works, by the client's time source; never negative} */
  public Duration remaining() {
    Duration left = Duration.between(clock.instant(), expires);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** {@return a text with the times, without the token} */
  @Override
  public String toString() {
    return "ConnectToken[value=***, issued=" + issued + ", expires=" + expires + "]";
  }
}

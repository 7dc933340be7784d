package dev.alcada.pluggy;

import dev.alcada.pluggy.PluggyException.CredentialsRefused;
import dev.alcada.pluggy.PluggyException.Detail;
import dev.alcada.pluggy.PluggyException.Forbidden;
import dev.alcada.pluggy.PluggyException.InvalidRequest;
import dev.alcada.pluggy.PluggyException.OutcomeUnknown;
import dev.alcada.pluggy.PluggyException.RateLimited;
import java.time.Duration;
import java.util.List;

/**
 * What an agent is told of a failure: what it can do about it, and nothing of what the provider or
 * the network said.
 */
final class Advice {
  static final String NONE = "No connect token was created: ";
  static final String UNKNOWN_USER =
      NONE
          + "this server does not know for which user. Asking again will not help; its operator has"
          + " to look at it.";
  static final String NOT_THEIRS =
      NONE
          + "the itemId is not that of a connection of this user. Leave it out to make a new"
          + " connection.";
  static final String NOT_CHECKED =
      NONE + "it could not be checked whose connection the itemId is. Try again in a few minutes.";

  private static final List<String> NAMES =
      List.of(
          ConnectTokenRequest.ITEM_ID,
          ConnectTokenRequest.CLIENT_USER_ID,
          ConnectTokenRequest.WEBHOOK_URL,
          ConnectTokenRequest.OAUTH_REDIRECT_URI,
          ConnectTokenRequest.AVOID_DUPLICATES);

  private Advice() {}

  static String on(PluggyException e) {
    if (e instanceof RateLimited limited) {
      return NONE
          + "Pluggy is receiving too many requests. Try again in "
          + wholeSeconds(limited.retryAfter())
          + " seconds, not before.";
    }
    if (e instanceof InvalidRequest invalid) {
      return NONE + "Pluggy refused " + refused(invalid) + " Asking again as it is will not help.";
    }
    if (e instanceof Forbidden) {
      return NONE
          + "Pluggy does not allow this, for example because the itemId belongs to somebody else."
          + " Asking again will not help.";
    }
    if (e instanceof CredentialsRefused) {
      return NONE
          + "this server's access to Pluggy was refused. Asking again will not help; its operator"
          + " has to look at it.";
    }
    if (e instanceof OutcomeUnknown) {
      return "It is not known whether a connect token was created: Pluggy's answer was lost. Asking"
          + " again may create a second one; a token that nobody holds expires within 30 minutes.";
    }
    return NONE + "Pluggy cannot be reached at the moment. Try again in a few minutes.";
  }

  private static String refused(InvalidRequest invalid) {
    List<String> named =
        NAMES.stream()
            .filter(name -> invalid.details().stream().anyMatch(detail -> isAbout(detail, name)))
            .toList();
    if (!named.isEmpty()) {
      return "the value of " + String.join(" and ", named) + ".";
    }
    return invalid.status().orElse(0) == 404
        ? "the request because it does not know what it names, such as the itemId."
        : "the request.";
  }

  private static boolean isAbout(Detail detail, String name) {
    String parameter = detail.parameter();
    return parameter != null && (parameter.equals(name) || parameter.endsWith("." + name));
  }

  private static long wholeSeconds(Duration wait) {
    return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
  }
}

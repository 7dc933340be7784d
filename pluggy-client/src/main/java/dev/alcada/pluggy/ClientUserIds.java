package dev.alcada.pluggy;

import java.text.Normalizer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which ids of a user may be given to Pluggy. */
final class ClientUserIds {
  private static final Logger log = LoggerFactory.getLogger(PluggyClient.class);
  private static final int MAX_LENGTH = 1_024;
  private static final Pattern EMAIL =
      Pattern.compile("[^\\s@]@[\\p{L}\\p{N}.-]*\\.\\p{L}[\\p{L}\\p{N}-]+");
  private static final Pattern WRITTEN_CPF =
      Pattern.compile("(?<![0-9])[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}[-/][0-9]{2}(?![0-9])");
  private static final Pattern SPACED_CPF = Pattern.compile("[0-9](?:[ ./-]?[0-9]){10}");
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private ClientUserIds() {}

  /** Returns what keeps an id from being sent, as the end of a sentence, or {@code null}. */
  static @Nullable String problemOf(String id) {
    if (id.isBlank()) {
      return "must not be blank";
    }
    if (id.length() > MAX_LENGTH) {
      return "must have at most " + MAX_LENGTH + " characters";
    }
    if (id.chars().anyMatch(Character::isISOControl)) {
      return "must not have control characters";
    }
    String plain = Normalizer.normalize(id, Normalizer.Form.NFKC).replace("%40", "@").strip();
    if (EMAIL.matcher(plain).find()) {
      return "must not be an e-mail address, for it comes back in webhooks: give an id that tells"
          + " nothing, such as the user's key in your database";
    }
    boolean bare = plain.chars().allMatch(c -> c >= '0' && c <= '9');
    if (WRITTEN_CPF.matcher(plain).find() || (!bare && isCpf(plain))) {
      return "must not be a CPF, for it comes back in webhooks: give an id that tells nothing, such"
          + " as the user's key in your database";
    }
    if (isCpf(plain) && WARNED.compareAndSet(false, true)) {
      log.warn(
          "a clientUserId has eleven digits that are a valid CPF; it comes back in webhooks, so it"
              + " should be an id that tells nothing (said once)");
    }
    return null;
  }

  /** Returns whether a text is eleven digits whose last two check the others, spaced or not. */
  private static boolean isCpf(String text) {
    if (!SPACED_CPF.matcher(text).matches()) {
      return false;
    }
    int[] digits = text.chars().filter(c -> c >= '0' && c <= '9').map(c -> c - '0').toArray();
    return digits[9] == check(digits, 9) && digits[10] == check(digits, 10);
  }

  private static int check(int[] digits, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += digits[i] * (length + 1 - i);
    }
    int rest = sum * 10 % 11;
    return rest == 10 ? 0 : rest;
  }
}

package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
  private static final String SECRET = "s3cr3t-of-the-client-9f8e7d6c";
  private static final Redactor REDACTOR = new Redactor(List.of(SECRET));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "webhookUrl must be HTTPS",
        "The API key has expired",
        "key JWT expected",
        "Client keys are invalid",
        "it is switched off",
        "items/3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "100% of \\users &#39;quoted&#39; \\u0041 %20 é",
        "%",
        "\\u",
        "&#99999999;",
        "&#xfffffff;",
        "\\u{",
        "=0"
      })
  void whatQuotesNothingIsLeftAsItIs(String text) {
    assertThat(REDACTOR.quotes(text)).isFalse();
    assertThat(Redactor.line(text)).isEqualTo(text);
  }

  @Test
  void eightCharactersOfASecretAreEnoughAndSevenAreNot() {
    for (int start = 0; start + 8 <= SECRET.length(); start++) {
      assertThat(REDACTOR.quotes("<" + SECRET.substring(start, start + 8) + ">")).isTrue();
      assertThat(REDACTOR.quotes("<" + SECRET.substring(start, start + 7) + ">")).isFalse();
    }
  }

  /**
   * Beside a model that tries all parts: letters alone, of which there are few, so that many fit.
   */
  @Test
  void tellsWhatANaiveSearchTells() {
    Random random = new Random(20261128);
    int quoted = 0;
    for (int i = 0; i < 3_000; i++) {
      String secret = letters(random, 8 + random.nextInt(12));
      String text = letters(random, random.nextInt(200));
      if (random.nextBoolean()) {
        int from = random.nextInt(secret.length() - 7);
        int at = random.nextInt(text.length() + 1);
        int length = 6 + random.nextInt(3);
        String part = secret.substring(from, Math.min(secret.length(), from + length));
        text = text.substring(0, at) + part + text.substring(at);
      }
      boolean naive = naively(text, secret);
      quoted += naive ? 1 : 0;
      assertThat(new Redactor(List.of(secret)).quotes(text))
          .as("%s in %s", secret, text)
          .isEqualTo(naive);
    }
    assertThat(quoted).isBetween(500, 2_500);
  }

  private static String letters(Random random, int length) {
    return random
        .ints(length, 'p', 'z' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static boolean naively(String text, String secret) {
    String backwards = new StringBuilder(secret).reverse().toString();
    for (int i = 0; i + 8 <= secret.length(); i++) {
      if (text.contains(secret.substring(i, i + 8))
          || text.contains(backwards.substring(i, i + 8))) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "!", "a-b-c-d"})
  void aShortSecretIsLookedForAsAWhole(String secret) {
    Redactor redactor = new Redactor(List.of(secret, ""));
    assertThat(redactor.quotes("it was " + secret.toUpperCase(Locale.ROOT) + ".")).isTrue();
    assertThat(redactor.quotes("it was another")).isFalse();
  }

  @Test
  void whatIsEscapedWithoutEndIsNotBelieved() {
    assertThat(REDACTOR.quotes("%252525252525252541")).isTrue();
  }

  @Test
  void longTextsAreLookedAtAndCut() {
    String text = "x".repeat(100_000);
    assertThat(REDACTOR.quotes(text)).isFalse();
    assertThat(REDACTOR.quotes(text + SECRET)).isTrue();
    assertThat(Redactor.line(text)).hasSize(301).endsWith("…");
    assertThat(Redactor.line("a\nb\u202ec")).isEqualTo("a b c");
    assertThat(Redactor.line(null)).isNull();
  }

  @Test
  void aCauseIsKeptUnlessSomethingInItQuotesASecret() {
    IOException clean = new IOException("reset", new IOException("by peer"));
    assertThat(REDACTOR.clean(clean)).isSameAs(clean);
    assertThat(REDACTOR.clean((Throwable) null)).isNull();
    assertThat(REDACTOR.clean(new IOException("x", new IOException(SECRET)))).isNull();

    IOException suppressing = new IOException("x");
    suppressing.addSuppressed(
        new IOException("y", new IOException("%73" + SECRET.substring(1, 9))));
    assertThat(REDACTOR.clean(suppressing)).isNull();

    IOException circle = new IOException("x");
    circle.initCause(new IOException("y", circle));
    assertThat(REDACTOR.clean(circle)).isNull();

    IOException broken =
        new IOException("x") {
          @Override
          public String getMessage() {
            throw new IllegalStateException("no text");
          }
        };
    assertThat(REDACTOR.clean(broken)).isNull();
  }
}

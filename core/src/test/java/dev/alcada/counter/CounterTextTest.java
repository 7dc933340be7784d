package dev.alcada.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The texts of identities and keys, which are keys in stores that outlive a version. */
class CounterTextTest {
  private static final long SEED = Long.getLong("alcada.seed", 20261128);
  private static final int KEYS = 100_000;

  private static final List<Window> WINDOWS =
      List.of(
          new Window.Sliding(Duration.ofMinutes(1)),
          new Window.Sliding(Duration.ofMillis(1)),
          new Window.Sliding(Duration.ofDays(1)),
          new Window.Calendar(Duration.ofDays(1), ZoneId.of("UTC")),
          new Window.Calendar(Duration.ofDays(1), ZoneId.of("America/Sao_Paulo")),
          new Window.Calendar(Duration.ofHours(1), ZoneId.of("UTC")));

  /**
   * Of few characters, most of which the format itself uses, so that many texts are nearly alike.
   */
  private static final String CHARACTERS = "1:/-\\0a\u00e9\ud800\udc00 ";

  // Never change a line of these: a store would begin to count anew.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          limits     | rate  | grant       | PT1M    |                   | agent-7 |         | 1/6:limits/4:rate/5:grant/13:sliding 60000/7:agent-7/-
          limits     | rate  | session     | PT0.5S  |                   | agent-7 | s/1     | 1/6:limits/4:rate/7:session/11:sliding 500/7:agent-7/3:s/1
          limits     | daily | args.seller | PT24H   | America/Sao_Paulo | 52      |         | 1/6:limits/5:daily/11:args.seller/35:calendar 86400000 America/Sao_Paulo/2:52/-
          rate_limit | k8s\\  | global      | PT8784H |                   | ''      | ''      | 1/10:rate_limit/8:k8s\\005c/6:global/19:sliding 31622400000/0:/0:
          limits     | café  | grant       | PT1M    |                   | ÿ       |         | 1/6:limits/8:caf\\00e9/5:grant/13:sliding 60000/5:\\00ff/-
          """)
  void aKeyIsWrittenThisWayForGood(
      String namespace,
      String name,
      String scope,
      Duration length,
      @Nullable String zone,
      String value,
      @Nullable String session,
      String text) {
    Window window =
        zone == null ? new Window.Sliding(length) : new Window.Calendar(length, ZoneId.of(zone));
    CounterId id = CounterId.of(namespace, name, scope, window);
    assertThat(new CounterKey(id, value, session).text()).isEqualTo(text);
    assertThat(text).startsWith(id.text() + "/");
  }

  // Nor a line of these.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          DISTINCT  | recipients | 1/6:limits/10:recipients/5:grant/22:distinct sliding 60000/1:a/-
          IN_FLIGHT | jobs       | 1/6:limits/4:jobs/5:grant/9:in_flight/1:a/-
          ONCE      | pay        | 1/6:limits/3:pay/4:once/4:once/1:a/-
          MARK      | read       | 1/6:limits/4:read/5:grant/4:mark/1:a/-
          """)
  void aKeyOfAnotherKindIsWrittenThisWayForGood(CounterId.Kind kind, String name, String text) {
    assertThat(new CounterKey(id(kind, "limits", name, "grant", WINDOWS.get(0)), "a", null).text())
        .isEqualTo(text);
  }

  private static CounterId id(
      CounterId.Kind kind, String namespace, String name, String scope, Window window) {
    return switch (kind) {
      case AMOUNT -> CounterId.of(namespace, name, scope, window);
      case DISTINCT -> CounterId.distinct(namespace, name, scope, window);
      case IN_FLIGHT -> CounterId.inFlight(namespace, name, scope);
      case ONCE -> CounterId.once(namespace, name);
      case MARK -> CounterId.mark(namespace, name, scope);
    };
  }

  @Test
  void kindsAreApartAndTheOwnerOfAKeyIsNoPartOfIt() {
    List<CounterId> ids = new ArrayList<>();
    for (CounterId.Kind kind : CounterId.Kind.values()) {
      ids.add(id(kind, "once", "once", "once", WINDOWS.get(0)));
      assertThat(ids.get(ids.size() - 1))
          .isEqualTo(id(kind, "once", "once", "once", WINDOWS.get(0)));
    }
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(ids.stream().sorted().distinct()).hasSize(ids.size());
    CounterKey key = new CounterKey(ids.get(0), "a", null);
    assertThat(key.ownedBy("alice")).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(key.ownedBy("alice").owner()).isEqualTo("alice");
    assertThat(key.ownedBy("x".repeat(200)).owner()).startsWith("sha256:");
    assertThat(key.ownedBy("alice").text()).isEqualTo(key.text());
  }

  @Test
  void noTextOfAKeyIsThatOfAnother() {
    Random random = new Random(SEED);
    Map<String, List<Object>> byText = new HashMap<>();
    for (int i = 0; i < KEYS; i++) {
      String namespace = text(random);
      String name = text(random);
      String scope = text(random);
      Window window = WINDOWS.get(random.nextInt(WINDOWS.size()));
      String value = text(random);
      String session = random.nextInt(3) == 0 ? null : text(random);
      CounterId.Kind kind = List.of(CounterId.Kind.values()).get(random.nextInt(9) / 2);
      CounterId id = id(kind, namespace, name, scope, window);
      CounterKey key = new CounterKey(id, value, session);
      List<Object> parts =
          Arrays.asList(kind, namespace, name, id.scope(), id.window(), value, session);

      List<Object> other = byText.putIfAbsent(key.text(), parts);

      assertThat(other == null || other.equals(parts))
          .as("%s is the text of %s and of %s", key.text(), other, parts)
          .isTrue();
      assertThat(key.text()).matches("[ -~]+");
      assertThat(CounterKey.parse(key.text())).isEqualTo(key);
    }
    assertThat(byText).hasSizeBetween(KEYS / 2, KEYS - 100);
  }

  @Test
  void aTextIsReadAsTheKeyThatItIsWrittenOf() {
    String digested = new CounterKey(id("x"), "v".repeat(200), "s".repeat(129)).text();
    CounterKey read = CounterKey.parse(digested);
    assertThat(read).isEqualTo(new CounterKey(id("x"), "v".repeat(200), "s".repeat(129)));
    assertThat(read.text()).isEqualTo(digested);
    assertThat(read.owner()).isNull();
    String longest = "v".repeat(CounterKey.LONGEST);
    assertThat(CounterKey.parse(new CounterKey(id("x"), longest, null).text()).value())
        .isEqualTo(longest);
  }

  private static CounterId id(String name) {
    return CounterId.mark("marks", name, "grant");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          ''
          1
          agent-7
          2/5:marks/4:read/5:grant/4:mark/1:a/-
          1/5:marks/4:read/5:grant/4:mark
          1/5:marks/4:read/5:grant/4:mark/1:a
          1/5:marks/4:read/5:grant/4:mark/1:a/-/-
          1/5:marks/4:read/5:grant/4:mark/-/1:a
          1/5:marks/4:read/5:grant/4:mark/2:a/-
          1/5:marks/4:read/5:grant/4:mark/01:a/-
          1/5:marks/4:read/5:grant/4:mark/+1:a/-
          1/5:marks/4:read/5:grant/4:mark/-1:a/-
          1/5:marks/4:read/5:grant/4:mark/99999999999:a/-
          1/5:marks/4:read/5:grant/4:mark/:a/-
          1/5:marks/4:read/5:grant/4:mark/5:\\0061/-
          1/5:marks/4:read/5:grant/5:\\00FF/-
          1/5:marks/4:read/5:grant/4:mark/3:\\00/-
          1/5:marks/4:read/5:grant/4:mark/1:\\/-
          1/5:marks/4:read/5:grant/4:mark/1:é/-
          1/5:marks/4:read/5:grant/4:Mark/1:a/-
          1/5:marks/4:read/5:grant/4:once/1:a/-
          1/5:marks/4:read/5:grant/10:sliding -5/1:a/-
          1/5:marks/4:read/5:grant/7:sliding/1:a/-
          1/5:marks/4:read/5:grant/14:sliding 060000/1:a/-
          1/5:marks/4:read/5:grant/26:calendar 86400000 Mars/Mons/1:a/-
          1/5:marks/4:read/5:grant/4:mark/8:sha256:a/-
          1/5:marks/4:read/5:grant/4:mark/129:vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv/-
          """)
  void whatNoKeyIsWrittenAsIsNotReadAsOne(String text) {
    assertThatThrownBy(() -> CounterKey.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the text is no key's, expected one as CounterKey.text() returns it");
  }

  @Test
  void equalIdentitiesHaveEqualTexts() {
    List<String> texts = new ArrayList<>();
    for (Window window : WINDOWS) {
      CounterId one = CounterId.of("limits", "c", "grant", window);
      CounterId other = CounterId.of("limits", "c", "grant", window);
      assertThat(one.text()).isEqualTo(other.text());
      texts.add(one.text());
    }
    assertThat(texts).doesNotHaveDuplicates();
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(3); length > 0; length--) {
      text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
    }
    return text.toString();
  }
}

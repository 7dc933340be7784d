package dev.alcada.internal.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that differ in case or compatibility form alone are one, for members and for people. */
class FoldingTest {
  /** Alone, and where a final sigma or a mark would have something to lean on. */
  private static final List<String> AROUND = List.of("%s", "a%sb", "a%s", "%sb");

  @Test
  void everyLetterOfUnicodeIsAlikeInEveryCaseAndForm() {
    assertThat(lettersThatEscape(Folding::alike)).isEmpty();
  }

  @Test
  void noLetterOfUnicodeHidesASecondMember() {
    assertThat(lettersThatEscape(FoldingTest::unreadable)).isEmpty();
  }

  /** What used to guard against self-approval: upper case first does not reach what ẞ hides. */
  @Test
  void lettersDoEscapeAWeakerFolding() {
    assertThat(lettersThatEscape((one, other) -> weaker(one).equals(weaker(other))))
        .contains("U+1E9E");
  }

  private static String weaker(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT);
  }

  private static boolean unreadable(String wanted, String name) {
    boolean ascii = Folding.ascii(name);
    FrozenObject object =
        new FrozenObject(
            new String[] {name}, new Object[] {1}, ascii ? null : new AtomicInteger(1_000));
    return object.member(MemberName.of(wanted)) == Missing.UNREADABLE;
  }

  private static List<String> lettersThatEscape(BiPredicate<String, String> alike) {
    return IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
        .filter(
            point -> Character.isDefined(point) && Character.getType(point) != Character.SURROGATE)
        .parallel()
        .filter(point -> escapes(point, alike))
        .mapToObj(point -> String.format("U+%04X", point))
        .toList();
  }

  private static boolean escapes(int point, BiPredicate<String, String> alike) {
    String letter = Character.toString(point);
    if (cases(letter).stream().allMatch(letter::equals)
        && Normalizer.isNormalized(letter, Normalizer.Form.NFKD)) {
      return false;
    }
    for (String around : AROUND) {
      String name = around.formatted(letter);
      for (String other : spellings(letter)) {
        String respelt = around.formatted(other);
        if (!respelt.equals(name) && (!alike.test(name, respelt) || !alike.test(respelt, name))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Each case of each form of each case. */
  private static Set<String> spellings(String letter) {
    Set<String> spellings = new LinkedHashSet<>(cases(letter));
    for (String cased : List.copyOf(spellings)) {
      for (Normalizer.Form form : Normalizer.Form.values()) {
        spellings.addAll(cases(Normalizer.normalize(cased, form)));
      }
    }
    spellings.remove(letter);
    return spellings;
  }

  private static List<String> cases(String text) {
    List<String> cases = new ArrayList<>();
    cases.add(text);
    cases.add(text.toUpperCase(Locale.ROOT));
    cases.add(text.toLowerCase(Locale.ROOT));
    cases.add(
        text.codePoints()
            .map(Character::toTitleCase)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString());
    return cases;
  }

  @ParameterizedTest
  @CsvSource({
    "ana.weiss, ana.weiẞ",
    "ana.weiss, ana.weiß",
    "ana.weiss, ANA.WEISS",
    "ana.weiss, ａｎａ．ｗｅｉｓｓ",
    "ana.weiss, 'ana.weiss '",
    "ana.weiss, '\u00a0ana.weiss'",
    "ana.weiss, ana\u200b.weiss",
    "ana.weiss, ana\u00ad.weiss",
    "ana.weiss, \ufeffana.weiss",
    "ana.weiss, ana.weiss\ufe0f",
    "josé, jose\u0301"
  })
  void namesThatReadersTakeForOneAreAlike(String one, String other) {
    assertThat(Folding.alike(one, other)).isTrue();
    assertThat(Folding.alike(other, one)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"ana, anna", "ana, an a", "ana.weiss, ana-weiss", "josé, jose", "a, ''", "1, ١"})
  void otherNamesAreNot(String one, String other) {
    assertThat(Folding.alike(one, other)).isFalse();
    assertThat(Folding.alike(other, one)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1_025, 100_000, 10_000_000})
  void whatWouldTakeTooLongToCompareIsAlike(int length) {
    assertThat(Folding.alike("é".repeat(length), "ana")).isTrue();
    assertThat(Folding.alike("ana", "e" + "\u0301".repeat(length))).isTrue();
  }

  @Test
  void aLongNameOfAsciiIsComparedInFull() {
    assertThat(Folding.alike("A".repeat(1_000_000), "a".repeat(1_000_000))).isTrue();
    assertThat(Folding.alike("a".repeat(1_000_000), "a".repeat(999_999))).isFalse();
  }
}

package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pattern matches, and how two of them lie to each other. */
class NamePatternTest {

  @ParameterizedTest(name = "{0} matches {1}: {2}")
  @CsvSource({
    "pay_*, pay_rent, true",
    "pay_*, pay_, true",
    "pay_*, pay, false",
    "pay_*, repay_rent, false",
    "pay_*, PAY_rent, false",
    "*_token, create_token, true",
    "*_token, create_tokens, false",
    "*_token, create_Token, false",
    "get_*_by_id, get_user_by_id, true",
    "get_*_by_id, get__by_id, true",
    "get_*_by_id, get_by_id, false",
    "ab*ba, aba, false",
    "ab*ba, abba, true",
    "*read*write*, a_read_b_write_c, true",
    "*read*write*, a_write_b_read_c, false",
    "*aa*aa*, aaa, false",
    "*aa*aa*, aaaa, true",
    "a*b*b, ab, false",
    "a*b*b, abb, true",
    "a*a*, a, false",
    "**, x, true",
    "k8s__*, k8s__apply_manifest, true",
    "[a-z]*, x, false",
    "a.c*, abc, false",
    "caf\u00e9_*, cafe\u0301_1, false",
    "caf\u00e9_*, caf\u00e9_1, true",
    "pay_*, \uff50ay_rent, false",
  })
  void aStarIsAnyRunAndAllElseIsComparedByCodePoint(String pattern, String name, boolean matches) {
    assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  void theEmptyNameIsMatchedByStarsAlone() {
    assertThat(NamePattern.of("*").matches("")).isTrue();
    assertThat(NamePattern.of("a*").matches("")).isFalse();
  }

  @Test
  void aNameWithoutAStarIsNoPattern() {
    assertThat(NamePattern.isPattern("pay")).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> NamePattern.of("pay"));
  }

  /**
   * Every pattern of up to four characters against every name of up to seven, with one letter that
   * no pattern has: against an expression, and against what follows from the matches.
   */
  @Test
  void allShortPatternsMatchWhatTheirExpressionsDoAndLieToEachOtherAccordingly() {
    List<String> names = texts("abc", 7);
    List<NamePattern> patterns =
        texts("ab*", 4).stream().filter(NamePattern::isPattern).map(NamePattern::of).toList();
    List<BitSet> matched = new ArrayList<>();
    for (NamePattern pattern : patterns) {
      Pattern expression = Pattern.compile(pattern.toString().replace("*", ".*"));
      BitSet bits = new BitSet();
      for (int i = 0; i < names.size(); i++) {
        bits.set(i, expression.matcher(names.get(i)).matches());
        assertThat(pattern.matches(names.get(i))).isEqualTo(bits.get(i));
      }
      matched.add(bits);
    }
    for (int i = 0; i < patterns.size(); i++) {
      for (int j = 0; j < patterns.size(); j++) {
        NamePattern one = patterns.get(i);
        NamePattern other = patterns.get(j);
        BitSet outside = (BitSet) matched.get(i).clone();
        outside.andNot(matched.get(j));
        assertThat(one.within(other)).as("%s within %s", one, other).isEqualTo(outside.isEmpty());
        String both = one.overlap(other);
        assertThat(both != null)
            .as("%s and %s share a name", one, other)
            .isEqualTo(matched.get(i).intersects(matched.get(j)));
        if (both != null) {
          assertThat(one.matches(both) && other.matches(both))
              .as("%s and %s share %s", one, other, both)
              .isTrue();
        }
      }
    }
  }

  /** Every text of up to so many of these characters, the empty one first. */
  private static List<String> texts(String alphabet, int longest) {
    List<String> texts = new ArrayList<>(List.of(""));
    for (int from = 0, length = 1; length <= longest; length++) {
      int to = texts.size();
      for (; from < to; from++) {
        for (int i = 0; i < alphabet.length(); i++) {
          texts.add(texts.get(from) + alphabet.charAt(i));
        }
      }
    }
    return texts;
  }
}

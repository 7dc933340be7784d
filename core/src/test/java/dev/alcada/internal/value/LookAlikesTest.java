package dev.alcada.internal.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names are easily taken for another. */
class LookAlikesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer_Funds",
        "transfer-funds",
        "transferFunds",
        "transfer funds",
        "transfer.funds",
        "transfer__funds",
        "transf\u0435r_funds",
        "tr\u0430nsfer_funds",
        "trans\u200bfer_funds",
        "transfer_funds\u202e",
        "tr\u00e1nsfer_funds",
        "\uff54ransfer_funds",
        "transfer_fund",
        "transfer_fundss",
        "transfer_fumds",
        "tranfser_funds",
        "transfer_f\u03c5nds"
      })
  void aNameThatLooksLikeAnotherIsFound(String name) {
    assertThat(LookAlikes.of(List.of("refund", "transfer_funds")).like(name))
        .containsExactly("transfer_funds");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "transfer_funds",
        "transfer_to_fund",
        "send_funds",
        "",
        "list_transfers",
        "\u200b"
      })
  void aNameThatIsItselfOrAnotherIsNot(String name) {
    assertThat(LookAlikes.of(List.of("refund", "transfer_funds")).like(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"list_al1", "Iist_all", "1ist_all", "|ist_all"})
  void onesAndElsAreOne(String name) {
    assertThat(LookAlikes.of(List.of("list_all")).like(name)).containsExactly("list_all");
  }

  @Test
  void whatIsFoundIsWhatComparingEachWithEachFinds() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        StringBuilder name = new StringBuilder();
        for (int length = 1 + random.nextInt(5); length > 0; length--) {
          name.append("abC_".charAt(random.nextInt(4)));
        }
        names.add(name.toString());
      }
      String wanted = names.get(random.nextInt(names.size()));
      TreeSet<String> expected = new TreeSet<>();
      for (String name : names) {
        String skeleton = LookAlikes.skeleton(name);
        boolean near = distance(skeleton, LookAlikes.skeleton(wanted)) <= 1;
        if (near && !name.equals(wanted)) {
          expected.add(name);
        }
      }
      assertThat(new TreeSet<>(LookAlikes.of(names).like(wanted)))
          .as("%s of %s", wanted, names)
          .isEqualTo(expected);
    }
  }

  /** The plain recursive definition. */
  private static int distance(String one, String other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.length() + other.length();
    }
    int same = one.charAt(0) == other.charAt(0) ? 0 : 1;
    int least =
        Math.min(
            same + distance(one.substring(1), other.substring(1)),
            1 + Math.min(distance(one.substring(1), other), distance(one, other.substring(1))));
    boolean swapped =
        one.length() > 1
            && other.length() > 1
            && one.charAt(0) == other.charAt(1)
            && one.charAt(1) == other.charAt(0);
    return swapped ? Math.min(least, 1 + distance(one.substring(2), other.substring(2))) : least;
  }

  @Test
  void tenThousandNamesThatAllLookAlikeAreAnsweredWithAFew() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      names.add("pay" + "_".repeat(i % 97) + "-".repeat(i / 97));
    }
    LookAlikes lookAlikes = LookAlikes.of(names);

    for (String name : names.subList(0, 1_000)) {
      assertThat(lookAlikes.like(name)).hasSizeBetween(1, 8).doesNotContain(name);
    }
  }
}

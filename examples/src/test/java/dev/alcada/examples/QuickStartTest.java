package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuickStartTest {
  private static final String LIMIT =
      "/tools/create_connect_token/limits/create_connect_token_rate";

  @Test
  void mintsThirtyTokensThenDeniesTheThirtyFirstAndWhatIsNotListed() throws Exception {
    Printed printed = Printed.by("quickstart", "--policies", "policies");

    assertThat(printed.exit()).isZero();
    List<String> lines = printed.out().lines().toList();
    assertThat(lines.get(0)).contains("stand-in for Pluggy");
    assertThat(lines)
        .filteredOn(line -> line.matches("create_connect_token, call \\d+: token eyJh…"))
        .hasSize(30);
    assertThat(lines.subList(lines.indexOf("create_connect_token, call 31:"), lines.size()))
        .element(1)
        .asString()
        .matches("\\[POLICY DENIED\\] .* Wait \\d+ s, then call again\\.");
    assertThat(lines).contains("  rule " + LIMIT, "  rule (default deny)");
    assertThat(lines).anyMatch(line -> line.matches("  wait [1-9]\\d* s"));
    assertThat(lines.get(lines.size() - 1))
        .isEqualTo("30 tokens minted, 1 call over the limit denied, 1 unlisted tool denied.");
  }

  @Test
  void startsNothingWithoutItsPolicy() throws Exception {
    Printed printed = Printed.by("quickstart", "--policies", "no-such-directory");

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.out()).doesNotContain("server");
    assertThat(printed.err()).contains("create_connect_token.json");
  }

  @Test
  void refusesUnknownOptionsWithItsUsage() throws Exception {
    Printed printed = Printed.by("quickstart", "--alive");

    assertThat(printed.exit()).isEqualTo(2);
    assertThat(printed.out()).isEmpty();
    assertThat(printed.err()).contains("--alive", "Usage:");
  }
}

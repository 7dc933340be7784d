package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.policy.PolicyWarning;
import dev.alcada.tool.ToolDefinition;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** New tools come into a policy that a person has written, and all that is in it stays. */
class PolicyMergeTest {
  private static final PolicyAdvisor ADVISOR = PolicyAdvisor.standard();

  private static final List<ToolDefinition> TOOLS =
      ToolDefinition.list(
          """
          [{"name": "list_users", "description": "Lists users"},
           {"name": "send_mail", "description": "Sends a mail"},
           {"name": "delete_user", "description": "Deletes a user"}]
          """);

  /** Documents as people lay them out. */
  static Stream<String> documents() {
    return Stream.of(
        "version: \"1\"\ndefault: deny\n",
        "version: \"1\"\ndefault: deny",
        "version: \"1\"\ndefault: deny\ntools:\n  own: {}",
        """
        # Ours. Ask the bank's team before you change it.
        version: "1"
        default: deny   # always
        hide:
          # nobody's business
          - old_tool
        tools:
          # first
          own: {}   # why

          other:
            action: deny
            reason: |-
              a text
              # that is no comment

          # the last word

        # an end
        """,
        "version: \"1\"\ndefault: deny\nhide:\n- old # yes\n# more\ntools:\n    own: {}\n",
        "tools:\n  own:\n    rate_limit: 5/minute\nhide: [old]   # short\nversion: \"1\"\ndefault: allow\n",
        "version: \"1\"\r\ndefault: deny\r\ntools:\r\n  own: {} # here\r\n",
        "\uFEFFversion: \"1\"\ndefault: deny\ntools:\n  own: {}\n",
        "# \uD83D\uDCA1 first\nversion: \"1\"\ndefault: deny\ntools: {own: {}, other: {action: deny}}\n",
        "version: \"1\"\ndefault: deny\ntools: {\n  own: {}, # one\n  other: {}  # two, not three\n}\n",
        "version: \"1\"\ndefault: deny\ntools: {own: {},}\nhide: [\n  old,\n]\n",
        "---\n  version: \"1\"\n  default: deny\n  tools:\n    own: {}\n...\n",
        "version: \"1\"\ndefault: deny\ntools:\n  own:\n    action: deny\n    reason: |+\n      kept\n\n\nhide: [old]\n",
        "version: \"1\"\ndefault: deny\ntools:\n  own:\n    limits:\n    - counter: a\n      window: day\n      max: 5\n",
        "{\"version\":\"1\",\"default\":\"deny\"}",
        "{\"version\":\"1\",\"default\":\"deny\",\"tools\":{\"own\":{}},\"hide\":[\"old\"]}",
        "{\n\t\"version\": \"1\",\n\t\"default\": \"deny\",\n\t\"tools\": {\n\t\t\"own\": {}\n\t},\n\t\"hide\": [\n\t\t\"old\"\n\t]\n}\n",
        "\n{\"$schema\": \"x\", \"version\": \"1\", \"description\": \"a \\\"}]\\\" text\", \"default\": \"deny\"}\n");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyCharacterStaysAndTheNewRulesCome(String document) {
    Policy before = Policy.parse(document);

    String merged = ADVISOR.merge(document, TOOLS);
    Policy after = Policy.parse(merged);

    assertThat(leftOf(merged, document)).isEmpty();
    assertThat(after.tools()).containsAllEntriesOf(before.tools());
    assertThat(after.tools().keySet()).containsAll(List.of("list_users", "send_mail"));
    assertThat(after.tools()).hasSize(before.tools().size() + 2);
    assertThat(after.hide())
        .containsAll(before.hide())
        .hasSize(before.hide().size() + 1)
        .endsWith("delete_user");
    assertThat(after.warnings())
        .extracting(PolicyWarning::pointer, PolicyWarning::message)
        .isEqualTo(before.warnings().stream().map(w -> tuple(w.pointer(), w.message())).toList());
    if (!comments(document).isEmpty()) {
      assertThat(comments(merged)).containsSubsequence(comments(document));
    }
    assertThat(ADVISOR.merge(merged, TOOLS)).isEqualTo(merged);
  }

  /** {@return what of a text is not found in another, in order} */
  private static String leftOf(String longer, String shorter) {
    int at = 0;
    for (int i = 0; i < longer.length() && at < shorter.length(); i++) {
      at += longer.charAt(i) == shorter.charAt(at) ? 1 : 0;
    }
    return shorter.substring(at);
  }

  private static List<String> comments(String document) {
    return document.startsWith("{")
        ? List.of()
        : document
            .lines()
            .filter(l -> l.contains("#"))
            .map(l -> l.substring(l.indexOf('#')))
            .toList();
  }

  @Test
  void whatIsAddedLooksLikeTheRest() {
    assertThat(
            ADVISOR.merge(
                """
                version: "1"
                default: deny
                hide: []
                tools:
                    # ours
                    own: {}
                    # said of own

                # an end
                """,
                TOOLS))
        .isEqualTo(
            """
            version: "1"
            default: deny
            hide:
              # destructive, critical: the name says "delete_user"
              - delete_user
            tools:
                # ours
                own: {}
                # said of own
                # read, low: the name says "list_users"
                list_users: {}
                # write, medium: the name says "send_mail"
                send_mail:
                  limits:
                    - {counter: send_mail_rate, window: minute, max: 30, scope: grant}

            # an end
            """);
  }

  @Test
  void inJsonItKeepsTheLinesAndTheIndentation() {
    assertThat(
            ADVISOR.merge(
                "{\n\t\"version\": \"1\",\n\t\"default\": \"deny\",\n\t\"tools\": {\n\t\t\"own\": {}\n\t}\n}\n",
                TOOLS.subList(0, 2)))
        .isEqualTo(
            """
            {
            \t"version": "1",
            \t"default": "deny",
            \t"tools": {
            \t\t"own": {},
            \t\t"list_users": {},
            \t\t"send_mail": {"limits": [{"counter": "send_mail_rate", "window": "minute", "max": 30, "scope": "grant"}]}
            \t}
            }
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "version: \"1\"\ndefault: deny\nhide: [\"*\"]\n",
        "version: \"1\"\ndefault: deny\nhide: [delete_user]\ntools: {\"*_*\": {action: deny}}\n",
        "version: \"1\"\ndefault: deny\ntools:\n  list_users: {}\n  \"send*\": {}\n  delete_user: {}\n"
      })
  void aToolThatAPersonHasDecidedAboutIsLeftAlone(String document) {
    assertThat(ADVISOR.merge(document, TOOLS)).isEqualTo(document);
  }

  @Test
  void aCounterThatIsThereIsNotShared() {
    String merged =
        ADVISOR.merge(
            """
            version: "1"
            default: deny
            tools:
              own:
                limits: [{counter: send_mail_rate, window: day, max: 3}]
            """,
            TOOLS);

    assertThat(Policy.parse(merged).warnings()).isEmpty();
    assertThat(merged).contains("send_mail_rate_2");
  }

  @Test
  void underDefaultAllowAToolWithAnOddNameIsRuledTooForItIsOpen() {
    List<ToolDefinition> odd =
        List.of(ToolDefinition.builder("send mail").description("Sends a mail").build());

    assertThat(Policy.parse(ADVISOR.merge("version: \"1\"\ndefault: allow\n", odd)).tools())
        .containsOnlyKeys("send mail");
    assertThat(ADVISOR.merge("version: \"1\"\ndefault: deny\n", odd))
        .isEqualTo("version: \"1\"\ndefault: deny\n");
  }

  @Test
  void aDocumentThatDoesNotLoadIsRefused() {
    assertThatThrownBy(() -> ADVISOR.merge("version: \"1\"\n", TOOLS))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("default");
  }

  @Test
  void rulesOfTheOlderDialectAreNotMixedWithNewOnes() {
    String older =
        """
        version: "1"
        tools:
          own:
            rules:
              - name: never
                action: deny
        """;

    assertThatThrownBy(() -> ADVISOR.merge(older, TOOLS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in the form of version 1");
  }
}

package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A document that halts does so even if the rest of it does not load, and no other does. */
class HaltOfBrokenDocumentTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          {"halt": "Stop.", "version": "2", "default": "ask"}                         | Stop.
          {"version": "1", "default": "deny", "tools": {"t": {"x": 1}}, "halt": "Stop."} | Stop.
          {"halt": true}                                                              | (usual)
          {"halt": 1}                                                                 | (usual)
          {"halt": ""}                                                                | (usual)
          {"halt": " "}                                                               | (usual)
          {"halt": []}                                                                | (usual)
          {"halt": {"text": "Stop."}}                                                 | (usual)
          {"halt": "Stop.", "tools": {                                                | Stop.
          {"halt": false, "halt": "Stop."}                                            | Stop.
          halt: Stop.                                                                 | Stop.
          {"halt": false}                                                             | -
          {"halt": null}                                                              | -
          {"version": "1"}                                                            | -
          {"version": "1", "tools": {                                                 | -
          {"tools": {"halt": {"x": 1}}}                                               | -
          {"tools": {"t": {"halt": "Stop."}}}                                         | -
          {"all_tools": {"halt": true}}                                               | -
          {"description": "halt"}                                                     | -
          {"Halt": true}                                                              | -
          {"halt                                                                      | -
          """)
  void haltsWhereItSaysSoAtTheTop(String document, @Nullable String halt) {
    PolicyException refused =
        catchThrowableOfType(PolicyException.class, () -> Policy.parse(document));

    assertThat(refused.halt()).isEqualTo("(usual)".equals(halt) ? usual() : halt);
  }

  /** What is said where a document has no words of its own. */
  private static String usual() {
    Policy halted = Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"halt\": true}");
    return Objects.requireNonNull(halted.halted());
  }
}

package dev.alcada.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alcada.internal.document.HaltSearch;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
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

  /** As it is written in haste: what no reader gets past stands before the halt. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          {"version": "1",~ "tools": {"t": {}}~ "halt": "Stop."~}            | Stop.
          {"version": "1",, "halt": true}                                   | (usual)
          {"version": "1", "tools": {"t": {},}, "halt": "Stop."}            | Stop.
          // since nine~{"version": "1", "halt": "Stop."}                   | Stop.
          {/* since " nine */ "version": "1", "halt": "Stop."}              | Stop.
          {# since nine~ "version": "1", "halt": "Stop."}                   | Stop.
          {version: 1, halt: "Stop."}                                       | Stop.
          {'version': '1', 'halt': 'Stop.'}                                 | Stop.
          {"a": 'x "y', "halt": "Say \\"stop\\"."}                          | Say "stop".
          {"tools": {"t": {}}}, "halt": true}                               | (usual)
          {~  "version": "1"~  "tools": {"t": {"x": 1}~  ,~  "halt": "Stop."~} | Stop.
          {"description": "not closed,~ "halt": "Stop."}                    | Stop.
          {"x": 1 "halt": {"t": 1}}                                         | (usual)
          {"x": 1 "halt": "Stop."                                           | Stop.
          {"x": 1 "halt": false}                                            | -
          {"x": 1 "halt": null}                                             | -
          {"x": 1 "halt": false, "halt": 1}                                 | (usual)
          {"x": 1 "halt":                                                   | -
          {"x": 1 "halt": tr                                                | -
          {"x": 1 "Halt": true}                                             | -
          {"x": 1 "tools": {"halt": {"deny_if": []}}}                       | -
          {"x": 1 "tools": {"t": {"halt": true}}}                           | -
          {"x": 1 "description": "halt: true"}                              | -
          {"x": 1 "description": "\\"halt\\": true"}                        | -
          {"x": 1 "description": "halt", "y": true}                         | -
          {"x": 1 /* "halt": true */}                                       | -
          {"x": 1 // "halt": true~}                                         | -
          version: "1~halt: Stop.                                           | Stop.
          version: '1'~tools: {t: [}~halt: true                             | (usual)
          tools:~  t:~ deny_if: @~halt: 'Stop.' # now                       | Stop.
          tools: @~halt: "Stop." # now                                      | Stop.
          tools: @~halt: Stop now # now                                     | Stop now
          tools: @~halt: >~  Stop.                                          | (usual)
          tools: @~halt:~  Stop.                                            | (usual)
          tools: @~"halt": yes                                              | (usual)
          tools: @~halt: false                                              | -
          tools: @~halt: false # for now                                    | -
          tools: @~halt: null                                               | -
          tools: @~halt:~version: '1'                                       | -
          tools: @~# halt: true                                             | -
          tools: @~description: >~  halt: true                              | -
          tools: @~  halt: true                                             | -
          tools: @~halted: true                                             | -
          ```json~{~  "version": "1",~  "halt": "Stop."~}~```               | Stop.
          ~  ```json~  {~    "halt": "Stop."~  }~  ```                       | Stop.
          ~~ ```~---~{"version": "1",~ "halt": "Stop."}~```                | Stop.
          ```yaml~version: '1'~halt: "Stop."~```                            | Stop.
          ```{"halt": "Stop."}```                                           | Stop.
          ```json~{"version": "1", "tools": {~"halt": {}}}~```              | -
          ```json~{"version": "1", "halt": false}~```                       | -
          Here it is:~~```json~{~  "halt": "Stop."~}~```                    | Stop.
          json~{~  "version": "1",,~  "halt": "Stop."~}                     | Stop.
          ---~{"version": "1",,~  "halt": "Stop."}                          | Stop.
          --- {"version": "1",,~  "halt": "Stop."}                          | Stop.
          <<<<<<< HEAD~{"a": 1,~  "halt": "Stop."}                          | Stop.
          tools: @~description: >~  ```~  {"halt": true}~  ```              | -
          tools: @~description: >~  {"halt": true}                          | -
          tools: @~halt:~~  Stop.                                           | (usual)
          tools: @~halt:~# since nine~  Stop.                               | (usual)
          tools: @~halt: # since nine~ ~  # and on~  Stop.                  | (usual)
          tools: @~halt:~\tStop.                                            | (usual)
          tools: @~halt:~- Stop.                                            | (usual)
          tools: @~"halt":~~  Stop.                                         | (usual)
          tools: @~halt:~~  false                                           | -
          tools: @~halt:~  false~halt: true                                 | (usual)
          tools: @~halt:~~# x~version: '1'                                  | -
          tools: @~halt:true                                                | (usual)
          tools: @^~halt:^~^~  Stop.^~                                      | (usual)
          tools: @^halt: "Stop."^                                           | Stop.
          tools: @~\u200bhalt: "Stop."                                      | Stop.
          ~\ttools: @~\thalt: "Stop."                                        | Stop.
          {\u201cversion\u201d: \u201c1\u201d, \u201chalt\u201d: "Stop."} | Stop.
          \u00a0\u00a0"version": "1",~\u00a0\u00a0"halt": "Stop."~}         | Stop.
          "version": "1", "halt": "Stop."}                                  | Stop.
          "version": "1", "halt": false, "default": "deny"}                 | -
          "version": "1",~"tools": {"t": {"halt": true}}}                   | -
          """)
  void haltsThoughNoReaderGetsThere(String lines, @Nullable String halt) {
    String document = lines.replace('~', '\n').replace('^', '\r');
    PolicyException refused =
        catchThrowableOfType(PolicyException.class, () -> Policy.parse(document));

    assertThat(refused).isNotNull();
    assertThat(refused.halt()).isEqualTo("(usual)".equals(halt) ? usual() : halt);
  }

  /** As editors and shells write it. */
  @Test
  void haltsInWhateverEncoding(@TempDir Path directory) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    String yaml = "version: '1'\ndefault: deny\nhalt: Stop. Até já.\n";
    for (String name : List.of("ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32BE")) {
      files.put(name, yaml.getBytes(Charset.forName(name)));
    }
    byte[] appended = "version: '1'\ndefault: deny\n".getBytes(UTF_8);
    byte[] more = "halt: Stop.\n".getBytes(Charset.forName("UTF-16LE"));
    byte[] both = Arrays.copyOf(appended, appended.length + more.length);
    System.arraycopy(more, 0, both, appended.length, more.length);
    files.put("both", both);

    files.forEach(
        (name, bytes) -> {
          Path file = directory.resolve(name);
          assertThatCode(() -> Files.write(file, bytes)).doesNotThrowAnyException();
          PolicyException refused =
              catchThrowableOfType(PolicyException.class, () -> Policy.load(file));
          assertThat(refused).as(name).isNotNull();
          assertThat(refused.halt()).as(name).startsWith("Stop.");
        });
  }

  @Test
  @Timeout(60)
  void aTextThatIsMadeToBeSlowIsSearchedInOneGo() {
    List.of("{,", "{\"a\" ", "{a ", "{{", "/* */ {", "@ # ", "{\"\\")
        .forEach(
            each ->
                assertThat(HaltSearch.in("{" + each.repeat(8_000_000 / each.length()))).isNull());
    assertThat(HaltSearch.in("@\n" + "halt: # \n".repeat(1_000_000))).isNull();
    assertThat(HaltSearch.in("@\nhalt: " + " #".repeat(1_000_000))).isNull();
  }

  /** What is said where a document has no words of its own. */
  private static String usual() {
    Policy halted = Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"halt\": true}");
    return Objects.requireNonNull(halted.halted());
  }
}

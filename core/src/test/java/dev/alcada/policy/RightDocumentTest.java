package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Corpus.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No false alarm: documents that say what their authors mean load without a warning. */
class RightDocumentTest {
  @ParameterizedTest
  @MethodSource("cases")
  void loadsWithoutAWarning(Case right) {
    assertThat(Policy.parse(right.document()).warnings()).as(right.document()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isWrittenAsADocumentThatIsRightToo(Case right) {
    Policy policy = Policy.parse(right.document());
    Policy again = Policy.parse(policy.toJson());

    assertThat(again).isEqualTo(policy);
    assertThat(again.warnings()).isEmpty();
    assertThat(again.revision()).isEqualTo(policy.revision()).matches("[0-9a-f]{64}");
  }

  @Test
  void thereAreTwoHundred() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleLoadsWithoutAWarning(Path example) {
    assertThat(Policy.load(example).warnings()).isEmpty();
  }

  static List<Case> cases() {
    return Corpus.cases("right");
  }

  static List<Path> examples() throws IOException {
    try (var files = Files.list(Path.of("../examples/policies"))) {
      return files
          .filter(file -> !file.toString().matches(".*[.](calls[.]txt|tools[.]json)"))
          .sorted()
          .toList();
    }
  }
}

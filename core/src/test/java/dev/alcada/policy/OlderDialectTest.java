package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every document of the older rule dialect in {@code older/} says what the document of this
 * language beside it says. What cannot be expressed is in {@code broken/}.
 */
class OlderDialectTest {
  @ParameterizedTest
  @MethodSource("documents")
  void saysWhatTheDocumentBesideItSays(String file) {
    Policy older = Policy.load(Corpus.path("older").resolve(file));
    Policy same = Policy.load(Corpus.path("older").resolve(file.replace(".yaml", ".json")));

    assertThat(older.toJson()).isEqualTo(same.toJson());
    assertThat(older).isEqualTo(same);
  }

  static List<String> documents() {
    return Corpus.files("older").stream().filter(file -> file.endsWith(".yaml")).toList();
  }
}

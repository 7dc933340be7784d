package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a document or a path holds, the reader answers with a policy or a {@link
 * PolicyException}; what it takes rule by rule is what the whole tree says, and it writes and reads
 * that again alike.
 */
class PolicyFuzzTest {
  @MethodSource("documents")
  @FuzzTest(maxDuration = "60s")
  void json(@NotNull String document) {
    reads("{" + document);
  }

  @MethodSource("documents")
  @FuzzTest(maxDuration = "60s")
  void yaml(@NotNull String document) {
    reads(" " + document);
  }

  @MethodSource("paths")
  @FuzzTest(maxDuration = "60s")
  void path(@NotNull String text) {
    ValuePath path;
    try {
      path = ValuePath.parse(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageNotContaining("null");
      return;
    }
    assertThat(ValuePath.parse(path.toString())).isEqualTo(path);
  }

  private static void reads(String document) {
    Policy policy;
    try {
      policy = Policy.parse(document);
    } catch (PolicyException e) {
      assertThat(e.problems()).isNotEmpty();
      return;
    }
    Policy whole = FieldOrderTest.ofWholeTree(document);
    assertThat(whole).isEqualTo(policy);
    assertThat(whole.warnings()).isEqualTo(policy.warnings());
    assertThat(Policy.parse(policy.toJson())).isEqualTo(policy);
  }

  static Stream<Arguments> documents() {
    return Stream.of("doubtful", "broken", "older")
        .flatMap(
            folder ->
                Corpus.files(folder).stream()
                    .filter(file -> !file.contains("utf16") && !file.contains("latin1"))
                    .map(file -> Corpus.text(Corpus.path(folder).resolve(file))))
        .flatMap(text -> Stream.of(text, text.replaceFirst("^\\{", "")))
        .filter(text -> !text.isBlank())
        .map(Arguments::of);
  }

  static Stream<Arguments> paths() {
    return List.of(
            "args.amount",
            "args.items[0].price",
            "args[\"key.with.dots\"][9999]",
            "context.tenant",
            "context[\"a.b\"]",
            "grant",
            "session",
            "client",
            "tool",
            "args",
            "args[\"\\\"\\\\\"]",
            "args..a",
            "args[01]",
            "$.amount")
        .stream()
        .map(Arguments::of);
  }
}

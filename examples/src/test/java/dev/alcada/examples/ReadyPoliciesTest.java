package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.advice.PolicyAdvisor;
import dev.alcada.advice.PolicyCheck;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import dev.alcada.tool.ToolDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The policies in {@code policies}, beside the tools they are for and calls of them. */
class ReadyPoliciesTest {
  private static final Path POLICIES = Path.of("policies");
  private static final String TOOLS = ".tools.json";

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(POLICIES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(TOOLS))
          .map(name -> name.substring(0, name.length() - TOOLS.length()))
          .sorted()
          .toList();
    }
  }

  private static List<ToolDefinition> tools(String name) {
    return ToolDefinition.load(POLICIES.resolve(name + TOOLS));
  }

  private static Policy policy(String name) {
    Path yaml = POLICIES.resolve(name + ".yaml");
    return Policy.load(Files.exists(yaml) ? yaml : POLICIES.resolve(name + ".json"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void itLoadsWithoutWarningsAndFitsItsTools(String name) {
    Policy policy = policy(name);

    assertThat(policy.warnings()).isEmpty();
    assertThat(PolicyCheck.against(policy, tools(name)).passes())
        .as("%s", PolicyCheck.against(policy, tools(name)))
        .isTrue();
  }

  @ParameterizedTest
  @MethodSource("names")
  void soDoesWhatIsRecommendedForTheSameTools(String name) {
    Policy recommended = PolicyAdvisor.standard().recommend(tools(name)).policy();

    assertThat(recommended.warnings()).isEmpty();
    assertThat(PolicyCheck.against(recommended, tools(name)).passes()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyToolIsListedOrHidden(String name) {
    List<String> names = tools(name).stream().map(ToolDefinition::name).toList();

    assertThat(ToolGuard.builder(policy(name)).build().coverage(names))
        .allMatch(coverage -> coverage.hidden() || coverage.listed(), "listed or hidden");
    assertThat(names).hasSizeGreaterThanOrEqualTo(name.equals("create_connect_token") ? 1 : 9);
  }

  static Stream<Arguments> calls() throws IOException {
    return names().stream()
        .flatMap(
            name ->
                lines(name).stream()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> Arguments.of(name, line)));
  }

  private static List<String> lines(String name) {
    try {
      return Files.readAllLines(POLICIES.resolve(name + ".calls.txt"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("calls")
  void aCallIsDecidedAsItsTableSays(String name, String line) throws Exception {
    String[] cells = line.split(" \\| ", -1);
    ToolGuard guard =
        ToolGuard.builder(policy(name))
            .timeSource(new ManualTime())
            .approvals(Approvals.builder().approver(request -> new CompletableFuture<>()).build())
            .build();
    Map<String, Object> arguments =
        JsonMapper.shared().readValue(cells[2], new TypeReference<Map<String, Object>>() {});
    ToolCall call = ToolCall.of(cells[0], arguments, Caller.grant("agent"));

    for (int i = 1; i < Integer.parseInt(cells[1]); i++) {
      assertThat(guard.call(call, judged -> "done").decision())
          .isEqualTo(Decision.Allowed.INSTANCE);
    }
    Decision last = guard.call(call, judged -> "done").decision();
    assertThat(last.code() == null ? "allowed" : last.code().text()).isEqualTo(cells[3]);
  }
}

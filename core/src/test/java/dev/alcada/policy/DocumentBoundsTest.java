package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.alcada.policy.Policy.DefaultAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of a document from both sides, and what is hostile by its size. */
class DocumentBoundsTest {
  private static final int MIB_16 = 16 * 1024 * 1024;
  private static final String ALLOW_ALL = "{\"version\": \"1\", \"default\": \"allow\"}";

  @Test
  void documentOf16MiB() {
    loads(ALLOW_ALL + " ".repeat(MIB_16 - ALLOW_ALL.length()));
    isRefused(ALLOW_ALL + " ".repeat(MIB_16 - ALLOW_ALL.length() + 1), "more than 16 MiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"é", "語", "𝒜"})
  void documentOf16MiBInAnotherScript(String letter) {
    String start = "{\"version\": \"1\", \"default\": \"allow\", \"description\": \"";
    int room = MIB_16 - start.length() - 2;
    int bytes = letter.getBytes(StandardCharsets.UTF_8).length;
    String text = start + letter.repeat(room / bytes) + "a".repeat(room % bytes) + "\"}";
    loads(text);
    isRefused(text + " ", "more than 16 MiB");
  }

  @Test
  void fileOf16MiB(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("policy.json");
    Files.writeString(file, ALLOW_ALL + " ".repeat(MIB_16 - ALLOW_ALL.length()));
    assertThat(Policy.load(file).defaultAction()).isEqualTo(DefaultAction.ALLOW);
    Files.writeString(file, ALLOW_ALL + " ".repeat(MIB_16 - ALLOW_ALL.length() + 1));
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.load(file))
        .withMessageContaining("more than 16 MiB");
  }

  @Test
  void fileThatIsNotThere(@TempDir Path folder) {
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.load(folder.resolve("none.json")))
        .withMessageContaining("no readable file")
        .withCauseInstanceOf(IOException.class);
    assertThatExceptionOfType(PolicyException.class).isThrownBy(() -> Policy.load(folder));
  }

  @Test
  void byteOrderMark(@TempDir Path folder) throws IOException {
    loads("\uFEFF" + ALLOW_ALL);
    loads("\uFEFFversion: '1'\ndefault: allow\n");
    Path file = folder.resolve("policy.json");
    Files.write(file, ("\uFEFF" + ALLOW_ALL).getBytes(StandardCharsets.UTF_8));
    assertThat(Policy.load(file).defaultAction()).isEqualTo(DefaultAction.ALLOW);
  }

  @Test
  void depthOf100() {
    // The value lies within the document, tools, the tool, a list, a predicate, a list, a
    // condition.
    loads(json(condition("eq", "[".repeat(93) + "]".repeat(93))));
    isRefused(json(condition("eq", "[".repeat(94) + "]".repeat(94))), "more than 100 deep");
    loads(json(condition("eq", "{\"a\":".repeat(93) + "1" + "}".repeat(93))));
    isRefused(
        json(condition("eq", "{\"a\":".repeat(94) + "1" + "}".repeat(94))), "more than 100 deep");
    isRefused("- ".repeat(101) + "x", "more than 100 deep");
  }

  @Test
  void aMillionValues() {
    // Twelve are the document, what leads to the list, and the list itself.
    String nulls = "null" + ",null".repeat(999_987);
    loads(json(condition("eq", "[" + nulls + "]")));
    isRefused(json(condition("eq", "[" + nulls + ",null]")), "more than 1,000,000 values");
    isRefused(
        "a: [" + "b,".repeat(1_000_000) + "]",
        "has a problem:\n  /a/999998 (line 1, column 2000001): found more than 1,000,000 values,"
            + " expected at most 1,000,000 in a document");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "- ", "? ", "[[{", "{a: "})
  void aMillionLevels(String level) {
    isRefused(level.repeat(1_000_000), "");
    isRefused("a: " + level.repeat(1_000_000), "");
  }

  @Test
  void tools() {
    loads(tools(100_000));
    isRefused(
        tools(100_001), "/tools (line 1, column 41): found 100001 tools, expected at most 100,000");
    loads(hidden(100_000));
    isRefused(hidden(100_001), "100001 tool names");
  }

  @Test
  void rulesOfTheOlderDialect() {
    String tools = joined(100_001, i -> "\"t" + i + "\":{\"rules\":[]}");
    isRefused(
        older(tools), "/tools (line 1, column 24): found 100001 tools, expected at most 100,000");
    String condition = "{\"path\":\"args.a\",\"op\":\"eq\",\"value\":1}";
    String evaluating = "{\"conditions\":[" + repeat(condition, 1001) + "]}";
    String asking = "{\"action\":\"require_approval\"}";
    String counting =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(i -> "{\"rate_limit\":\"5/" + i + "s\"}")
            .collect(Collectors.joining(","));
    loads(olderTool(evaluating + "," + repeat(asking, 999) + "," + counting));
    isRefused(olderTool(repeat(asking, 1001)), "1001 predicates");
  }

  private static String olderTool(String rules) {
    return older("\"t\":{\"rules\":[" + rules + "]}");
  }

  private static String older(String tools) {
    return "{\"version\":\"1\",\"tools\":{" + tools + "}}";
  }

  private static String hidden(int count) {
    return "{\"version\":\"1\",\"default\":\"deny\",\"hide\":[" + repeat("\"t\"", count) + "]}";
  }

  private static String tools(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"t" + i + "\":{}")
        .collect(
            Collectors.joining(",", "{\"version\":\"1\",\"default\":\"deny\",\"tools\":{", "}}"));
  }

  @Test
  void numberOf1000Characters() {
    loads(json(condition("gt", "1".repeat(1000))));
    isRefused(json(condition("gt", "1".repeat(1001))), "at most 1,000 characters");
    isRefused(json(condition("gt", "1".repeat(1_000_000))), "at most 1,000 characters");
    isRefused("a: " + "1".repeat(1_000_000), "at most 1,000 characters");
    isRefused("a: " + "1:".repeat(1_000_000) + "1", "a number to some");
  }

  @Test
  void exponentOf10000() {
    loads(json(condition("gt", "1e10000")));
    loads(json(condition("gt", "1E-10000")));
    loads(json(condition("gt", "1e+0000000010000")));
    isRefused(json(condition("gt", "1e10001")), "exponent");
    isRefused(json(condition("gt", "1E10001")), "exponent");
    isRefused(json(condition("gt", "1e-10001")), "exponent");
    isRefused(json(condition("gt", "1e99999999999999999999")), "exponent");
  }

  @Test
  void expressionOf1000Characters() {
    loads(json(regex("a".repeat(1000))));
    isRefused(json(regex("a".repeat(1001))), "at most 1,000 characters");
  }

  @Test
  void expressionOf100Levels() {
    loads(json(regex("(".repeat(100) + "a" + ")".repeat(100))));
    isRefused(json(regex("(".repeat(101) + "a" + ")".repeat(101))), "100 levels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a{1000}", "(a{10}){100}", "((a{10}){10}){10}", "(a{1000}|b{1000})", "[{1001}]{5}",
        "\\\\Q{9999}\\\\E", "a\\\\{1001}", "\\\\p{Greek}{999}", "[[:alpha:]]{1000}", "a{,1001}",
        "x{1001", "[]{1001}]", "(?:a{10}b){100}", "\\\\x{10ffff}{1000}", "[^]{2000}]"
      })
  void repeatsThatMultiplyToAtMost1000(String expression) {
    loads(json(regex(expression)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a{1001}",
        "(a{10}){101}",
        "((a{10}){10}){11}",
        "((a{7}){11}){13}",
        "(a|b{1001})",
        "(b{500}a){3}",
        "((a{0,100}){0,100}){0,100}",
        "(a{1,}b{2,1000}){2}",
        "[\\\\]]{1001}",
        "(\\\\(a{100}){11}",
        "((((((a{9}){9}){9}){9}){9}){9}){9}",
        "(a{100}){99999999999999999999}"
      })
  void repeatsThatMultiplyToMoreThan1000(String expression) {
    isRefused(json(regex(expression)), "expected an expression");
  }

  @Test
  void expressionOf10000Instructions() {
    // Nine thousand letters, a pair of marks for each group, and what begins and ends it all.
    loads(json(regex("(a{999}){1}".repeat(9) + "(a{987})")));
    isRefused(json(regex("(a{999}){1}".repeat(9) + "(a{988})")), "10,000 instructions");
    isRefused(json(regex("(\\\\pL{1000})".repeat(80))), "10,000 instructions");
  }

  @Test
  void predicatesOfARule() {
    String predicate = "{\"conditions\": []}";
    loads(json("\"require\": [" + repeat(predicate, 1000) + "]"));
    isRefused(json("\"require\": [" + repeat(predicate, 1001) + "]"), "at most 1,000");
    isRefused(
        json(
            "\"require\": ["
                + repeat(predicate, 600)
                + "], \"deny_if\": ["
                + repeat(predicate, 401)
                + "]"),
        "1,001 predicates");
    isRefused(
        json(
            "\"deny_if\": ["
                + repeat(predicate, 600)
                + "], \"approve_if\": ["
                + repeat(predicate, 401)
                + "]"),
        "1,001 predicates");
    isRefused(
        "{\"version\": \"1\", \"default\": \"deny\", \"all_tools\": {\"require\": ["
            + repeat(predicate, 600)
            + "], \"approve_if\": ["
            + repeat(predicate, 401)
            + "]}}",
        "1,001 predicates");
  }

  @Test
  void limitsOfARule() {
    loads(json("\"limits\": [" + limits(1000) + "]"));
    isRefused(json("\"limits\": [" + limits(1001) + "]"), "at most 1,000");
  }

  private static String limits(int count) {
    return joined(count, i -> "{\"counter\": \"c" + i + "\", \"window\": 60, \"max\": 5}");
  }

  @Test
  void patternsOfADocument() {
    loads(patterns(200));
    isRefused(patterns(201), "more than 200 patterns");
    isRefused(patterns(100_000), "more than 200 patterns");
  }

  private static String patterns(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"a" + i + "_*\":{}")
        .collect(
            Collectors.joining(",", "{\"version\":\"1\",\"default\":\"deny\",\"tools\":{", "}}"));
  }

  @Test
  void patternsCountInHideAsWell() {
    String hide = "\"hide\": [" + repeat("\"x*\"", 200) + "]";
    loads("{\"version\": \"1\", \"default\": \"deny\", " + hide + "}");
    isRefused(
        "{\"version\": \"1\", \"default\": \"deny\", " + hide + ", \"tools\": {\"y*\": {}}}",
        "more than 200 patterns");
  }

  @Test
  void patternOf200CharactersAnd8Stars() {
    loads("{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"" + "a".repeat(199) + "*\"]}");
    loads("{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"" + "𝒜".repeat(199) + "*\"]}");
    loads("{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"********\", \"*\"]}");
    isRefused(
        "{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"" + "a".repeat(200) + "*\"]}",
        "at most 200 characters");
    isRefused(
        "{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"*********\"]}", "at most 8");
  }

  @Test
  void pathOf1000Characters() {
    loads(json(condition("args." + "a".repeat(995), "eq", "1")));
    isRefused(json(condition("args." + "a".repeat(996), "eq", "1")), "at most 1,000 characters");
  }

  @Test
  void indexTo9999() {
    loads(json(condition("args.a[0][9999]", "eq", "1")));
    isRefused(json(condition("args.a[10000]", "eq", "1")), "0 to 9999");
  }

  @Test
  void approvalTermsFrom1SecondTo7Days() {
    loads(json("\"approval\": {\"timeout\": \"1000ms\", \"valid\": \"7d\"}"));
    isRefused(json("\"approval\": {\"timeout\": \"999ms\"}"), "1 second to 7 days");
    isRefused(json("\"approval\": {\"valid\": 604800.001}"), "1 second to 7 days");
  }

  @Test
  void windowFrom1MillisecondTo366Days() {
    loads(json("\"rate_limit\": {\"max\": 1, \"window\": \"1ms\"}"));
    loads(json("\"rate_limit\": {\"max\": 1, \"window\": \"366d\"}"));
    isRefused(json("\"rate_limit\": {\"max\": 1, \"window\": 0.0009}"), "1 ms to 366 days");
    isRefused(json("\"rate_limit\": {\"max\": 1, \"window\": 31622400.001}"), "1 ms to 366 days");
    isRefused(json("\"rate_limit\": {\"max\": 1, \"window\": \"9999999999999999999w\"}"), "366");
    isRefused(json("\"rate_limit\": {\"max\": 1, \"window\": 1e9999}"), "366");
    isRefused(json("\"rate_limit\": {\"max\": 1, \"window\": 1e-9999}"), "366");
  }

  @Test
  void amountsThatACounterHolds() {
    loads(json(limit("4000000000", "0.000000001")));
    loads(json(limit("4000000000.001", "0.001")));
    loads(json(limit("4000000000000000", "4000000000000000")));
    isRefused(json(limit("4000000000.001", "0.0001")), "at most 3 decimal places");
    isRefused(json(limit("4000000000", "0.0000000001")), "at most 9 decimal places");
    isRefused(json(limit("4000000000000000.001", "1")), "at most 4000000000000000");
    isRefused(json(limit("1e9999", "1")), "at most 4000000000000000");
    isRefused(json(limit("1e-9999", "1")), "at most 9 decimal places");
  }

  private static String limit(String max, String increment) {
    return "\"limits\": [{\"counter\": \"c\", \"window\": 60, \"max\": %s, \"increment\": %s}]"
        .formatted(max, increment);
  }

  @Test
  void oneLargeMaximumMakesACounterCoarseForAll() {
    String document =
        """
        {"version": "1", "default": "deny", "tools": {
          "a": {"limits": [{"counter": "c", "window": 60, "max": 1, "increment": 0.0001}]},
          "b": {"limits": [{"counter": "c", "window": "%s", "max": 5000000000}]}}}
        """;
    isRefused(document.formatted("minute"), "at most 3 decimal places");
    loads(document.formatted("hour"));
  }

  @Test
  void manyToolsUnderManyConditions() {
    String conditions =
        joined(40_000, i -> "{\"path\": \"args.a%s\", \"op\": \"eq\", \"value\": 1}".formatted(i));
    String require = "\"require\": [{\"conditions\": [" + conditions + "]}]";
    String tools =
        joined(40_000, i -> "\"a%s\": {\"deny_if\": [{\"conditions\": []}]}".formatted(i));
    String document = "{\"version\":\"1\",\"default\":\"deny\",%s\"tools\":{%s%s}}";
    loads(document.formatted("\"all_tools\":{" + require + "},", "", tools));
    loads(document.formatted("", "\"a*\":{" + require + "},", tools));
  }

  @Test
  void namesThatCollideInHashTables() {
    // "Aa" and "BB" have one hash code; so has every text of such pairs.
    String names =
        IntStream.range(0, 1 << 14)
            .mapToObj(
                bits ->
                    IntStream.range(0, 14)
                        .mapToObj(bit -> (bits >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining()))
            .map(name -> "\"" + name + "\":{}")
            .collect(Collectors.joining(","));
    loads("{\"version\":\"1\",\"default\":\"deny\",\"tools\":{" + names + "}}");
  }

  @Test
  void moreProblemsThanAnybodyReads() {
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.parse("[" + "1e99999,".repeat(100_000) + "1]"))
        .satisfies(refused -> assertThat(refused.problems()).hasSize(1000));
  }

  @Test
  void moreWarningsThanAnybodyReads() {
    String tools = joined(1001, i -> "\"t" + i + "\":{\"rate_limit\":\"0/day\"}");
    String document = "{\"version\":\"1\",\"default\":\"deny\",\"tools\":{" + tools + "}}";
    assertThat(Policy.parse(document).warnings()).hasSize(1000);
  }

  /** So many elements, or members, of which each is made of its number. */
  private static String joined(int count, IntFunction<String> element) {
    return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(","));
  }

  private static String repeat(String element, int times) {
    return joined(times, i -> element);
  }

  private static String regex(String expression) {
    return condition("regex", "\"" + expression + "\"");
  }

  private static String condition(String op, String value) {
    return condition("args.a", op, value);
  }

  private static String condition(String path, String op, String value) {
    return "\"require\": [{\"conditions\": [{\"path\": \"%s\", \"op\": \"%s\", \"value\": %s}]}]"
        .formatted(path, op, value);
  }

  private static String json(String rule) {
    return "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"t\": {" + rule + "}}}";
  }

  private static void loads(String document) {
    assertThatNoException().isThrownBy(() -> Policy.parse(document));
  }

  private static void isRefused(String document, String message) {
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.parse(document))
        .withMessageContaining(message);
  }
}

package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An upstream's schema meets arguments that a model wrote. */
class InputSchemaTest {
  @RegisterExtension final Logged logged = new Logged();

  private static InputSchema schema(String json) {
    return new InputSchema("act", Json.object(Json.read(json)));
  }

  @Test
  void saysWhatIsWrongWithArguments() {
    InputSchema schema =
        schema(
            """
            {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
             "required": ["a"], "properties": {"a": {"type": "number", "maximum": 1}}}
            """);

    assertThat(schema.invalid(Map.of("a", 1))).isNull();
    assertThat(schema.invalid(Map.of())).isEqualTo("required property 'a' not found");
    assertThat(schema.invalid(Map.of("a", 2))).isEqualTo("/a: must have a maximum value of 1");
  }

  @Test
  @Timeout(60) // the other way, it takes years
  void aPatternTakesLinearTimeWhateverTheArgument() {
    InputSchema schema =
        schema("{\"properties\": {\"a\": {\"pattern\": \"^(.*?,){25}x\"}}, \"type\": \"object\"}");
    Map<String, Object> costly = Map.of("a", ",".repeat(60));

    assertThat(schema.invalid(costly)).contains("does not match the regex pattern");
  }

  @Test
  void aSchemaElsewhereIsNotFetched() throws Exception {
    try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + elsewhere.getLocalPort() + "/schema.json";
      new InputSchema("act", Map.of("$ref", url)).invalid(Map.of("a", 1));

      elsewhere.setSoTimeout(1);
      assertThatThrownBy(elsewhere::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void twoSchemasOfOneIdAreTwo() {
    InputSchema open = schema("{\"$id\": \"https://x.example/s\", \"type\": \"object\"}");
    InputSchema closed =
        schema("{\"$id\": \"https://x.example/s\", \"additionalProperties\": false}");

    assertThat(open.invalid(Map.of("a", 1))).isNull();
    assertThat(closed.invalid(Map.of("a", 1))).isNotNull();
  }

  @Test
  void aSchemaThatCannotBeUsedLeavesTheJudgementToTheUpstream() {
    for (String unusable : List.of("{\"pattern\": \"(?=a)\"}", "{\"$ref\": \"#/nowhere\"}")) {
      InputSchema schema = schema("{\"properties\": {\"a\": " + unusable + "}}");

      assertThat(schema.invalid(Map.of("a", "b"))).as(unusable).isNull();
    }
  }

  private static final String TOO_MUCH =
      "they take too long to be checked against the tool's schema";

  /** Thirty definitions that each refer twice to the next. */
  private static String doubling() {
    String definitions =
        IntStream.range(0, 30)
            .mapToObj(
                i ->
                    "\"a%s\": {\"allOf\": [{\"$ref\": \"#/$defs/a%s\"}, {\"$ref\": \"#/$defs/a%s\"}]}"
                        .formatted(i, i + 1, i + 1))
            .collect(Collectors.joining(", "));
    return "{\"$ref\": \"#/$defs/a0\", \"$defs\": {" + definitions + ", \"a30\": {}}}";
  }

  @ParameterizedTest
  @Timeout(60) // the other way, some take years
  @ValueSource(
      strings = {
        "DOUBLING",
        "{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"$ref\": \"#/$defs/a\"}}}",
        "{\"$ref\": \"#\"}",
        "{\"not\": {\"not\": {\"$ref\": \"#\"}}}",
        "{\"allOf\": [{\"properties\": {\"c\": {\"$ref\": \"#\"}}}, {\"properties\": {\"c\": {\"$ref\": \"#\"}}}]}",
        "{\"properties\": {\"list\": {\"items\": {\"enum\": [1, 2]}}}}",
        "{\"properties\": {\"text\": {\"pattern\": \"(a?){500}b\"}}}",
      })
  void aCheckThatTakesTooManyStepsIsRefused(String json) {
    InputSchema schema = schema(json.equals("DOUBLING") ? doubling() : json);
    Object nested = Map.of();
    for (int i = 0; i < 60; i++) {
      nested = Map.of("c", nested);
    }
    Map<String, Object> arguments = Json.object(nested);
    arguments.put("list", Collections.nCopies(90_000, "x"));
    arguments.put("text", "a".repeat(100_000));

    assertThat(schema.invalid(arguments)).isEqualTo(TOO_MUCH);
    assertThat(logged.text()).contains("A call of the upstream's tool \"act\" was refused");
  }

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(
      strings = {
        "{\"pattern\": \"((((a{30}){30}){30}){30}){30}\"}",
        "{\"pattern\": \"(?=a)\"}",
        "{\"patternProperties\": {\"(a{1000}){1000}\": {}}}",
        "{\"multipleOf\": 1e-999999}",
        "{\"maximum\": 1e999999}",
        "DEEP",
        "WIDE",
        "EXPRESSIONS",
      })
  void aSchemaBeyondTheBoundsLeavesTheJudgementToTheUpstream(String json) {
    String patterns =
        IntStream.range(0, 200)
            .mapToObj(i -> "{\"pattern\": \"(a{900}){1}" + i + "\"}")
            .collect(Collectors.joining(","));
    String constraint =
        switch (json) {
          case "DEEP" -> "{\"not\": ".repeat(200) + "{}" + "}".repeat(200);
          case "WIDE" -> "{\"enum\": [" + String.join(",", Collections.nCopies(20_000, "1")) + "]}";
          case "EXPRESSIONS" -> "{\"allOf\": [" + patterns + "]}";
          default -> json;
        };
    InputSchema schema = schema("{\"properties\": {\"a\": " + constraint + "}}");

    assertThat(schema.invalid(Map.of("a", "b"))).isNull();
    assertThat(schema.invalid(Map.of("a", Map.of("b", 1)))).isNull();
    assertThat(schema.invalid(Map.of("a", 1))).isNull();

    assertThat(logged.text().lines().filter(line -> line.contains("cannot be used here")))
        .as("said once")
        .hasSize(1);
  }

  @Test
  @Timeout(60)
  void aHundredThousandTextsOfOneHashAreNotComparedWithEachOther() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 90_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int bit = 0; bit < 17; bit++) {
        text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      texts.add(text.toString());
    }
    InputSchema schema =
        schema("{\"properties\": {\"uniqueItems\": {\"uniqueItems\": true, \"type\": \"array\"}}}");

    assertThat(schema.invalid(Map.of("uniqueItems", texts))).isNull();
    assertThat(schema.invalid(Map.of("uniqueItems", 1))).isNotNull();
  }

  @Test
  void anErrorIsCutHoweverLongTheNamesInIt() {
    InputSchema schema = schema("{\"additionalProperties\": false}");
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      arguments.put(i + "x".repeat(10_000), i);
    }

    assertThat(schema.invalid(arguments)).hasSizeLessThan(2_000);
  }

  @Test
  void aToolsNameCannotForgeALineOfTheLog() {
    new InputSchema("x\nERROR forged", Json.object(Json.read("{\"multipleOf\": 1e-999999}")))
        .invalid(Map.of());

    assertThat(logged.text().lines()).hasSize(1).noneMatch(line -> line.startsWith("ERROR"));
  }
}

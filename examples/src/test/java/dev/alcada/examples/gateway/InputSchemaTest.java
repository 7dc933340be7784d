package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

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
}

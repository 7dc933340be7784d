package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.ValuePath;
import dev.alcada.tool.ToolDefinition;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a schema says of a place, through whatever it is put together from. */
class SchemaPlaceTest {
  private static final String SCHEMA =
      """
      {"type": "object", "required": ["amount", "payer", "either"],
       "properties": {
         "amount": {"type": "number"},
         "whole": {"type": "integer"},
         "maybe": {"type": ["string", "null"]},
         "payer": {"$ref": "#/$defs/Payer"},
         "named": {"$ref": "#named"},
         "far": {"$ref": "https://example.com/other.json#/x"},
         "lost": {"$ref": "#/$defs/nowhere"},
         "free": {"type": "object"},
         "shut": {"type": "object", "additionalProperties": false},
         "counts": {"type": "object", "additionalProperties": {"type": "number"}},
         "coded": {"type": "object", "patternProperties": {"^x_": {"type": "number"}},
                   "additionalProperties": false},
         "either": {"anyOf": [
           {"type": "object", "properties": {"card": {"type": "string"}}, "required": ["card"],
            "additionalProperties": false},
           {"type": "object", "properties": {"account": {"type": "number"}},
            "additionalProperties": false}]},
         "both": {"allOf": [
           {"type": "object", "properties": {"a": {"type": "number"}}},
           {"properties": {"a": {"minimum": 5}, "b": {"type": "string"}}}],
           "unevaluatedProperties": false},
         "conditional": {"type": "object", "if": {"properties": {"kind": {"const": "x"}}},
           "then": {"properties": {"x": {"type": "string"}}},
           "else": {"properties": {"y": {"type": "string"}}}},
         "items": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/Item"}},
         "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}],
                  "items": false, "minItems": 1},
         "oldPair": {"type": "array", "items": [{"type": "string"}], "additionalItems": false},
         "list": {"type": "array"},
         "self": {"$ref": "#"},
         "partly": {"$ref": "far.json", "properties": {"here": {"type": "string"}}},
         "weird": {"$ref": "#/$defs/a~1b%20c"}
       },
       "$defs": {
         "Payer": {"type": "object", "required": ["document"], "additionalProperties": false,
                   "properties": {"document": {"$ref": "#/$defs/Document"}}},
         "Document": {"type": "string"},
         "Named": {"$anchor": "named", "type": "boolean"},
         "Item": {"type": "object", "properties": {"price": {"type": "number"},
                  "parts": {"type": "array", "items": {"$ref": "#/$defs/Item"}}}},
         "a/b c": {"type": "boolean"}}}
      """;

  private static SchemaPlace place(String schema, String path) {
    List<ToolDefinition> tools =
        ToolDefinition.list("[{\"name\": \"x\", \"inputSchema\": " + schema + "}]");
    Schemas schemas = new Schemas(tools.get(0).inputSchema());
    return SchemaPlace.of(schemas, ValuePath.parse(path).steps());
  }

  @ParameterizedTest
  @CsvSource({
    "args.amount, DESCRIBED, true, NUMBER",
    "args.whole, DESCRIBED, false, NUMBER",
    "args.maybe, DESCRIBED, false, NULL TEXT",
    "args.amont, UNMENTIONED, false,",
    "args.amount.cents, EXCLUDED, false,",
    "args.payer, DESCRIBED, true, OBJECT",
    "args.payer.document, DESCRIBED, true, TEXT",
    "args.payer.name, EXCLUDED, false,",
    "args.named, DESCRIBED, false, BOOLEAN",
    "args.far, DESCRIBED, false, NULL BOOLEAN TEXT NUMBER LIST OBJECT",
    "args.far.anything, OPEN, false,",
    "args.lost.anything, OPEN, false,",
    "args.free.anything, OPEN, false,",
    "args.shut.anything, EXCLUDED, false,",
    "args.counts.anything, DESCRIBED, false, NUMBER",
    "args.coded.x_1, DESCRIBED, false, NUMBER",
    "args.coded.y_1, EXCLUDED, false,",
    "args.either.card, DESCRIBED, false, TEXT",
    "args.either.account, DESCRIBED, false, NUMBER",
    "args.either.cash, EXCLUDED, false,",
    "args.both.a, DESCRIBED, false, NUMBER",
    "args.both.b, DESCRIBED, false, TEXT",
    "args.both.c, EXCLUDED, false,",
    "args.conditional.x, DESCRIBED, false, TEXT",
    "args.conditional.y, DESCRIBED, false, TEXT",
    "args.items[0].price, DESCRIBED, false, NUMBER",
    "args.items[2].parts[0].parts[1].price, DESCRIBED, false, NUMBER",
    "args.items[3].price, EXCLUDED, false,",
    "args.items.price, EXCLUDED, false,",
    "args.items[0][0], EXCLUDED, false,",
    "args.items[0].weight, UNMENTIONED, false,",
    "args.pair[0], DESCRIBED, false, TEXT",
    "args.pair[1], DESCRIBED, false, NUMBER",
    "args.pair[2], EXCLUDED, false,",
    "args.oldPair[0], DESCRIBED, false, TEXT",
    "args.oldPair[1], EXCLUDED, false,",
    "args.list[7].x, OPEN, false,",
    "args.self.self.self.amount, DESCRIBED, false, NUMBER",
    "args.weird, DESCRIBED, false, BOOLEAN",
    "args.partly.here, DESCRIBED, false, TEXT",
    "args.partly.there, OPEN, false,"
  })
  void aPlaceIsFoundThroughReferencesAndAlternatives(
      String path, SchemaPlace.Kind kind, boolean required, @Nullable String types) {
    SchemaPlace place = place(SCHEMA, path);

    assertThat(place.kind()).isEqualTo(kind);
    assertThat(place.required()).isEqualTo(required);
    if (types != null) {
      assertThat(place.types().stream().map(JsonType::name).toList())
          .containsExactly(types.split(" ", -1));
    }
  }

  @Test
  void whatStandsBesideAPlaceIsKnown() {
    assertThat(place(SCHEMA, "args.either.crd").beside()).containsExactly("card", "account");
    assertThat(place(SCHEMA, "args.payer.documnet").beside()).containsExactly("document");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\": \"number\", \"minimum\": 3}                        | 2",
        "{\"type\": \"number\", \"maximum\": 1}                        | 2",
        "{\"exclusiveMaximum\": 2}                                     | 2",
        "{\"exclusiveMinimum\": 2}                                     | 2",
        "{\"type\": \"integer\"}                                       | 2.5",
        "{\"type\": [\"integer\", \"null\"]}                           | 2.5",
        "{\"multipleOf\": 0.5}                                         | 2.25",
        "{\"type\": \"string\"}                                        | 2",
        "{\"const\": 3}                                                | 2",
        "{\"enum\": [1, 3]}                                            | 2",
        "{\"enum\": [\"2\"]}                                           | 2",
        "{\"type\": \"string\", \"enum\": [1, 2]}                      | 2",
        "{\"anyOf\": [{\"minimum\": 3}, {\"maximum\": 1}]}             | 2",
        "{\"allOf\": [{\"minimum\": 1}, {\"maximum\": 1}]}             | 2",
        "{\"anyOf\": []}                                               | 2",
        "{\"anyOf\": [false, {\"type\": \"null\"}]}                    | 2"
      })
  void aNumberThatNoAlternativeAllowsNeverOccurs(String schema, BigDecimal number) {
    String whole = "{\"properties\": {\"x\": " + schema + "}}";
    SchemaPlace place = place(whole, "args.x");

    assertThat(place.kind() == SchemaPlace.Kind.EXCLUDED || place.whyNot(number) != null).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                            | 2",
        "true                                                          | 2",
        "{\"type\": \"number\", \"minimum\": 2, \"maximum\": 2}        | 2",
        "{\"type\": \"integer\"}                                       | 2.0",
        "{\"type\": [\"integer\", \"number\"]}                         | 2.5",
        "{\"enum\": [1, 2.0]}                                          | 2",
        "{\"anyOf\": [{\"minimum\": 3}, {\"maximum\": 2}]}             | 2",
        "{\"type\": \"any\"}                                           | 2",
        "{\"if\": {\"minimum\": 1}, \"then\": {\"maximum\": 1}}        | 2",
        "{\"$ref\": \"other.json\"}                                    | 2"
      })
  void aNumberThatOneAlternativeAllowsMayOccur(String schema, BigDecimal number) {
    assertThat(place("{\"properties\": {\"x\": " + schema + "}}", "args.x").whyNot(number))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "date, 2026-11-28, 28.11.2026",
    "date-time, 2026-11-28T10:00:00Z, 2026-11-28",
    "date-time, 2026-11-28t10:00:00.5+01:00, yesterday",
    "time, 10:00:00Z, noon",
    "uuid, 123e4567-e89b-12d3-a456-426614174000, 123e4567",
    "email, a@example.com, example.com",
    "uri, https://example.com/x?y, /x",
    "ipv4, 10.0.0.255, 10.0.0.256",
    "ipv6, ::1, 10.0.0.1"
  })
  void aTextWithoutTheFormatNeverOccurs(String format, String fits, String doesNot) {
    String schema = "{\"properties\": {\"x\": {\"type\": \"string\", \"format\": \"%s\"}}}";

    assertThat(place(schema.formatted(format), "args.x").whyNot(fits)).isNull();
    assertThat(place(schema.formatted(format), "args.x").whyNot(doesNot)).contains(format);
    assertThat(place(schema.formatted("a-format-of-its-own"), "args.x").whyNot(doesNot)).isNull();
  }

  @Test
  void aTextMustBeLongEnoughAndMatch() {
    String schema =
        """
        {"properties": {"x": {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[a-c]+$"}}}
        """;

    assertThat(place(schema, "args.x").whyNot("ab")).isNull();
    assertThat(place(schema, "args.x").whyNot("a")).contains("at least 2");
    assertThat(place(schema, "args.x").whyNot("abca")).contains("at most 3");
    assertThat(place(schema, "args.x").whyNot("xyz")).contains("^[a-c]+$");
  }

  @ParameterizedTest
  @CsvSource({"(?!a)b", "'(a{999}){999}'", "["})
  void anExpressionThatCannotBeFollowedMatchesAnything(String expression) {
    String schema = "{\"properties\": {\"x\": {\"pattern\": \"" + expression + "\"}}}";

    assertThat(place(schema, "args.x").whyNot("zzz")).isNull();
  }

  @Test
  void sixtyLevelsThatReferTwiceEachCostNoMoreThanSixty() {
    Map<String, Object> definitions = new LinkedHashMap<>();
    for (int i = 0; i < 60; i++) {
      Map<String, Object> next = Map.of("$ref", "#/$defs/level" + (i + 1));
      definitions.put(
          "level" + i,
          Map.of(
              i % 2 == 0 ? "allOf" : "anyOf",
              List.of(next, next),
              "properties",
              Map.of("next", next, "other", next)));
    }
    definitions.put("level60", Map.of("properties", Map.of("amount", Map.of("type", "string"))));
    Map<String, @Nullable Object> root = new LinkedHashMap<>();
    root.put("$ref", "#/$defs/level0");
    root.put("$defs", definitions);
    Schemas.Work work = new Schemas.Work(40_000);

    SchemaPlace place =
        SchemaPlace.of(
            new Schemas(root, work), ValuePath.parse("args.next.other.next.amount").steps());

    assertThat(place.types()).containsExactly(JsonType.TEXT);
    assertThat(work.isDone()).isFalse();
  }

  @Test
  void aSchemaThatIsTooMuchToFollowAllowsAnything() {
    List<Object> many = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      many.add(
          Map.of(
              "anyOf",
              List.of(
                  Map.of("properties", Map.of("a" + i, Map.of("type", "string"))),
                  Map.of("properties", Map.of("b" + i, Map.of("type", "string"))))));
    }
    Map<String, @Nullable Object> root = new LinkedHashMap<>();
    root.put("allOf", many);

    SchemaPlace place = SchemaPlace.of(new Schemas(root), ValuePath.parse("args.b9").steps());

    assertThat(place.kind()).isIn(SchemaPlace.Kind.DESCRIBED, SchemaPlace.Kind.OPEN);
  }

  @Test
  void anEndlessReferenceEnds() {
    String schema =
        """
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}],
         "properties": {"x": {"type": "number"}}}}}
        """;

    assertThat(place(schema, "args.x").types()).containsExactly(JsonType.NUMBER);
  }
}

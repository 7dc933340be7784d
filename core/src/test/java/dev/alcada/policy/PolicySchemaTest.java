package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schema that editors check policies by agrees with the reader. */
class PolicySchemaTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Schema SCHEMA = schema();

  /** What only the reader can say, by file: what is between two places, or in an expression. */
  private static final Set<String> BEYOND_A_SCHEMA =
      new TreeSet<>(Corpus.table("beyond-schema.tsv").keySet());

  private static Schema schema() {
    try (InputStream in = Policy.class.getResourceAsStream("policy.schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource
  void whatLoadsIsValid(String file) {
    assertThat(errors(tree(Corpus.path("doubtful").resolve(file)))).isEmpty();
  }

  static List<String> whatLoadsIsValid() {
    return Corpus.files("doubtful").stream().filter(file -> !file.startsWith("older-")).toList();
  }

  @Test
  void whatIsRightIsValid() {
    assertThat(Corpus.cases("right"))
        .allSatisfy(right -> assertThat(errors(tree(right.document()))).isEmpty());
    assertThat(Corpus.cases("mistakes"))
        .allSatisfy(mistake -> assertThat(errors(tree(mistake.document()))).isEmpty());
  }

  @Test
  void whatIsRefusedIsInvalid() {
    Set<String> valid = new TreeSet<>();
    for (String file : Corpus.files("broken")) {
      Path path = Corpus.path("broken").resolve(file);
      if (hasATree(path) && errors(tree(path)).isEmpty()) {
        valid.add(file);
      }
    }
    assertThat(valid).isEqualTo(BEYOND_A_SCHEMA);
  }

  /**
   * Replaces each value of a document that has every field by values of every kind: reader and
   * schema refuse the same, but for what needs more than a schema.
   */
  @Test
  void eachValueInTurnIsTakenOrRefusedByBoth() throws IOException {
    JsonNode document = JSON.readTree(Files.readString(Corpus.path("every-field.json")));
    List<String> replacements =
        List.of(
            "null",
            "true",
            "5",
            "-1",
            "0",
            "1.5",
            "\"\"",
            "\"x\"",
            "\"args.a\"",
            "\"minute\"",
            "\"5/day\"",
            "[]",
            "{}",
            "[{}]",
            "{\"x\": {}}",
            "[\"x\"]");
    List<String> disagreements = new ArrayList<>();
    int tried = 0;
    for (String pointer : pointers(document, "")) {
      for (String replacement : replacements) {
        String changed = replaced(document, pointer, JSON.readTree(replacement)).toString();
        boolean loads = loads(changed);
        boolean valid = errors(changed).isEmpty();
        tried++;
        if (loads != valid) {
          disagreements.add(
              pointer + " = " + replacement + (loads ? " loads only" : " is valid only"));
        }
      }
    }
    assertThat(tried).isGreaterThan(1000);
    assertThat(disagreements)
        .containsExactlyInAnyOrder(
            // A time zone is looked up, and a calendar's window is one however it is spelt.
            "/timezone = \"\" is valid only",
            "/timezone = \"x\" is valid only",
            "/timezone = \"args.a\" is valid only",
            "/timezone = \"minute\" is valid only",
            "/timezone = \"5/day\" is valid only",
            // Marks are compared with what looks for them.
            "/tools/pay/approve_if/1/conditions/0/scope = \"args.a\" is valid only",
            "/tools/pay/approve_if/1/conditions/0/scope/0 = \"args.a\" is valid only",
            "/tools/pay/approve_if/1/conditions/0/scope/1 = \"args.a\" is valid only",
            "/tools/pay/marks = [] is valid only",
            "/tools/pay/marks/0/mark = \"x\" is valid only",
            "/tools/pay/marks/0/mark = \"args.a\" is valid only",
            "/tools/pay/marks/0/mark = \"minute\" is valid only",
            "/tools/pay/marks/0/mark = \"5/day\" is valid only",
            "/tools/pay/marks/0/scope = \"args.a\" is valid only",
            "/tools/pay/marks/0/scope/0 = \"args.a\" is valid only",
            "/tools/pay/marks/0/scope/1 = \"args.a\" is valid only",
            "/tools/pay/limits/0/timezone = \"\" is valid only",
            "/tools/pay/limits/0/timezone = \"x\" is valid only",
            "/tools/pay/limits/0/timezone = \"args.a\" is valid only",
            "/tools/pay/limits/0/timezone = \"minute\" is valid only",
            "/tools/pay/limits/0/timezone = \"5/day\" is valid only",
            "/tools/pay/limits/0/window = 5 is valid only",
            "/tools/pay/limits/0/window = 1.5 is valid only");
  }

  /** Editors offer a schema's examples to whoever types. */
  @Test
  void whatItOffersIsValid() throws IOException {
    JsonNode schema;
    try (InputStream in = Policy.class.getResourceAsStream("policy.schema.json")) {
      schema = JSON.readTree(in);
    }
    List<String> offered = new ArrayList<>();
    for (String pointer : pointers(schema, "")) {
      if (pointer.matches(".*/examples/[0-9]+")) {
        String of = pointer.substring(0, pointer.lastIndexOf("/examples/"));
        ObjectNode part = JSON.createObjectNode().put("$ref", "#" + of);
        part.set("$defs", schema.get("$defs"));
        String example = schema.at(pointer).toString();
        assertThat(
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(part)
                    .validate(example, InputFormat.JSON))
            .as(pointer)
            .isEmpty();
        offered.add(example);
      }
    }
    assertThat(offered).contains("\"grant\"", "\"global\"", "\"10/minute\"", "\"args.amount\"");
  }

  private static boolean loads(String document) {
    try {
      Policy.parse(document);
      return true;
    } catch (PolicyException e) {
      return false;
    }
  }

  private static List<String> pointers(JsonNode node, String at) {
    List<String> pointers = new ArrayList<>();
    if (node instanceof ObjectNode object) {
      for (String name : object.propertyNames()) {
        String pointer = at + "/" + name.replace("~", "~0").replace("/", "~1");
        pointers.add(pointer);
        pointers.addAll(pointers(object.get(name), pointer));
      }
    } else if (node instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        pointers.add(at + "/" + i);
        pointers.addAll(pointers(list.get(i), at + "/" + i));
      }
    }
    return pointers;
  }

  private static JsonNode replaced(JsonNode document, String pointer, JsonNode replacement) {
    JsonNode copy = document.deepCopy();
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = copy.at(pointer.substring(0, slash));
    String name = pointer.substring(slash + 1).replace("~1", "/").replace("~0", "~");
    if (parent instanceof ObjectNode object) {
      object.set(name, replacement);
    } else {
      ((ArrayNode) parent).set(Integer.parseInt(name), replacement);
    }
    return copy;
  }

  private static List<String> errors(String document) {
    return SCHEMA.validate(document, InputFormat.JSON).stream().map(Object::toString).toList();
  }

  private static boolean hasATree(Path file) {
    try {
      Problems problems = new Problems();
      DocumentText.tree(Corpus.text(file), problems);
      return problems.isEmpty();
    } catch (PolicyException e) {
      return false;
    }
  }

  /** A document as JSON, whatever it is written in. */
  private static String tree(Path file) {
    return tree(Corpus.text(file));
  }

  private static String tree(String document) {
    Object value = PredicateReader.value(DocumentText.tree(document, new Problems()));
    return JSON.writeValueAsString(value);
  }
}

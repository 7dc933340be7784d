package dev.alcada;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms of the library: imports point down only, and what is inside stays inside. */
class ArchitectureTest {
  /** Each room and the rooms that it may know; the map of the house, lowest first. */
  private static final Map<String, Set<String>> ROOMS = rooms();

  private static Map<String, Set<String>> rooms() {
    Map<String, Set<String>> rooms = new LinkedHashMap<>();
    rooms.put("internal.value", Set.of());
    rooms.put("internal.document", Set.of("internal.value"));
    rooms.put("time", Set.of());
    rooms.put("internal.regex", Set.of("internal.document"));
    rooms.put("policy", Set.of("internal.value", "internal.document", "internal.regex", "time"));
    rooms.put("counter", Set.of("time"));
    rooms.put("counter.memory", Set.of("time", "counter"));
    rooms.put("tool", Set.of("internal.value", "internal.document"));
    rooms.put("decision", Set.of("internal.value", "internal.regex", "time", "policy", "counter"));
    rooms.put("approval", Set.of("internal.value", "time", "decision"));
    rooms.put(
        "audit",
        Set.of("internal.value", "internal.document", "time", "counter", "decision", "approval"));
    rooms.put("guard", Set.copyOf(rooms.keySet()));
    rooms.put(
        "advice",
        Set.of(
            "internal.value",
            "internal.document",
            "internal.regex",
            "time",
            "policy",
            "tool",
            "decision"));
    Set<String> belowFrameworks = Set.copyOf(rooms.keySet());
    for (String framework : List.of("langchain4j", "mcp")) {
      rooms.put(framework, belowFrameworks);
    }
    for (String report : List.of("micrometer", "opentelemetry")) {
      rooms.put(report, Set.of("counter", "decision", "audit"));
    }
    // Spring AI's servers are those of the MCP SDK.
    rooms.put("spring", Set.copyOf(rooms.keySet()));
    for (String store : List.of("redis", "jdbc")) {
      rooms.put(store, Set.of("internal.value", "time", "counter", "decision", "approval"));
    }
    return rooms;
  }

  /** Packages of libraries that no public signature may name, and the room that may. */
  private static final List<List<String>> HIDDEN =
      List.of(
          List.of("tools.jackson.", ""),
          List.of("com.fasterxml.jackson.", ""),
          List.of("com.github.benmanes.caffeine.", ""),
          List.of("com.google.re2j.", ""),
          List.of("okhttp3.", ""),
          List.of("org.snakeyaml.", ""),
          List.of("org.slf4j.", ""),
          List.of("dev.alcada.internal.", "dev.alcada.internal"),
          List.of("io.lettuce.", "dev.alcada.redis"),
          List.of("io.micrometer.", "dev.alcada.micrometer"),
          List.of("io.opentelemetry.", "dev.alcada.opentelemetry"),
          List.of("io.modelcontextprotocol.", "dev.alcada.mcp"),
          List.of("dev.langchain4j.", "dev.alcada.langchain4j"),
          List.of("org.springframework.", "dev.alcada.spring"),
          List.of("reactor.", "dev.alcada.mcp"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.alcada");

  @Test
  void importsOnlyEverPointDown() {
    List<String> found = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      String room = room(type);
      for (Dependency arrow : type.getDirectDependenciesFromSelf()) {
        JavaClass other = arrow.getTargetClass();
        if (other.getPackageName().startsWith("dev.alcada.")
            && !room(other).equals(room)
            && !ROOMS.getOrDefault(room, Set.of()).contains(room(other))) {
          found.add(arrow.getDescription());
        }
      }
    }
    assertThat(found).isEmpty();
  }

  private static String room(JavaClass type) {
    return type.getPackageName().substring("dev.alcada.".length());
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("dev.alcada.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyPackageIsARoomThatIsNamedHereAndOfASizeThatOneCanSurvey() {
    Map<String, Integer> files = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      if (type.getEnclosingClass().isEmpty() && !type.getSimpleName().equals("package-info")) {
        files.merge(room(type), 1, Integer::sum);
      }
    }
    assertThat(files).containsKeys("internal.value", "internal.document", "policy", "counter");
    assertThat(ROOMS).containsKeys(files.keySet().toArray(new String[0]));
    assertThat(files.values()).allMatch(count -> count <= 35);
  }

  @Test
  void librariesAreInNoPublicSignature() {
    List<String> found = new ArrayList<>();
    int members = 0;
    for (JavaClass type : CLASSES) {
      if (exposed(type)) {
        type.getRawSuperclass().ifPresent(above -> check(type, above, found));
        type.getRawInterfaces().forEach(above -> check(type, above, found));
        for (JavaMember member : type.getMembers()) {
          if (exposed(member.getModifiers())) {
            members++;
            typesOf(member).forEach(named -> check(type, named, found));
          }
        }
      }
    }
    assertThat(found).isEmpty();
    assertThat(members).isGreaterThan(100);
  }

  @Test
  void everyTypeThatUsersSeeIsInTheApiFile() throws IOException {
    // What ApiFileTest compares the file with.
    List<String> lines = PublicApi.of(Path.of("target", "classes"));
    assertThat(CLASSES.stream().filter(ArchitectureTest::exposed).map(JavaClass::getName))
        .hasSizeGreaterThan(50)
        .allSatisfy(
            type ->
                assertThat(lines).anyMatch(line -> line.startsWith(type.replace('$', '.') + "  ")));
  }

  private static boolean exposed(JavaClass type) {
    return !type.getPackageName().startsWith("dev.alcada.internal")
        && exposed(type.getModifiers())
        && type.getEnclosingClass().map(ArchitectureTest::exposed).orElse(true);
  }

  private static boolean exposed(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static Stream<JavaClass> typesOf(JavaMember member) {
    if (member instanceof JavaField field) {
      return raw(field.getType());
    }
    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.concat(
        raw(code.getReturnType()),
        Stream.concat(
            code.getParameterTypes().stream().flatMap(ArchitectureTest::raw),
            code.getExceptionTypes().stream()));
  }

  private static Stream<JavaClass> raw(JavaType type) {
    return type.getAllInvolvedRawTypes().stream();
  }

  private static void check(JavaClass type, JavaClass named, List<String> found) {
    for (List<String> hidden : HIDDEN) {
      if (named.getName().startsWith(hidden.get(0))
          && (hidden.get(1).isEmpty() || !type.getPackageName().startsWith(hidden.get(1)))) {
        found.add(type.getName() + " names " + named.getName());
      }
    }
  }
}

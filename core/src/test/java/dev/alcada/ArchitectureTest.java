package dev.alcada;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms of the library: imports point down only, and what is inside stays inside. */
class ArchitectureTest {
  /** Lowest first. A room may know those before it, but for what {@link #APART} says. */
  private static final List<String> ROOMS =
      List.of("policy", "counter", "decision", "approval", "audit", "guard", "mcp", "langchain4j");

  /** Rooms that stand beside each other, and those that know the lowest one alone. */
  private static final List<List<String>> APART =
      List.of(
          List.of("counter", "policy"),
          List.of("audit", "approval"),
          List.of("langchain4j", "mcp"),
          List.of("advice", "counter"),
          List.of("advice", "decision"),
          List.of("advice", "approval"),
          List.of("advice", "audit"),
          List.of("advice", "guard"),
          List.of("advice", "mcp"));

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
          List.of("io.lettuce.", "dev.alcada.counter.redis"),
          List.of("io.micrometer.", "dev.alcada.audit"),
          List.of("io.modelcontextprotocol.", "dev.alcada.mcp"),
          List.of("dev.langchain4j.", "dev.alcada.langchain4j"),
          List.of("reactor.", "dev.alcada.mcp"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.alcada");

  private static String room(String name) {
    return "dev.alcada." + name + "..";
  }

  @Test
  void importsOnlyEverPointDown() {
    for (int i = 0; i < ROOMS.size(); i++) {
      for (String above : ROOMS.subList(i + 1, ROOMS.size())) {
        mustNotKnow(ROOMS.get(i), above);
      }
      mustNotKnow(ROOMS.get(i), "advice");
    }
  }

  @Test
  void roomsThatStandApartDoNotKnowEachOther() {
    APART.forEach(pair -> mustNotKnow(pair.get(0), pair.get(1)));
  }

  private static void mustNotKnow(String room, String other) {
    noClasses()
        .that()
        .resideInAPackage(room(room))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(room(other))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("dev.alcada.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyPackageIsARoomThatIsNamedHere() {
    Set<String> rooms = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      rooms.add(type.getPackageName().split("\\.", -1)[2]);
    }
    assertThat(rooms).contains("policy", "counter", "decision");
    assertThat(Stream.concat(ROOMS.stream(), Stream.of("advice")).toList()).containsAll(rooms);
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

  private static boolean exposed(JavaClass type) {
    return exposed(type.getModifiers())
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

package dev.alcada;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lines of an API file say all that a user's code may depend on, and nothing else. */
class PublicApiTest {
  private static final String HERE = "dev.alcada.PublicApiTest.";

  abstract static class Hidden {
    public void inherited() {}
  }

  public sealed interface Shape permits Round, Square {
    int MOST = 5;

    @Nullable String name();

    default Map<String, @Nullable Object> all(List<? extends Shape> shapes) throws IOException {
      return Map.of();
    }
  }

  public record Round(int radius, @Nullable String name) implements Shape {
    @Override
    public String toString() {
      return "";
    }
  }

  public static final class Square extends Hidden implements Shape {
    private int side;

    private Square() {}

    @SafeVarargs
    public static <T extends Comparable<T>> Square of(T @Nullable ... sides) {
      return new Square();
    }

    @Override
    public @Nullable String name() {
      return null;
    }

    int side() {
      return side;
    }
  }

  public enum Colour {
    RED
  }

  @Test
  void anInterfaceIsWhatItsImplementersMustAndMayDo() {
    assertThat(PublicApi.of(Shape.class))
        .containsExactly(
            HERE + "Shape  sealed interface permits " + HERE + "Round, " + HERE + "Square",
            HERE + "Shape.MOST  static final int = 5",
            HERE
                + "Shape.all(java.util.List<? extends "
                + HERE
                + "Shape>)  default java.util.Map<String, @Nullable Object> throws"
                + " java.io.IOException",
            HERE + "Shape.name()  abstract @Nullable String");
  }

  @Test
  void aRecordIsItsComponentsInTheirOrder() {
    assertThat(PublicApi.of(Round.class))
        .containsExactly(
            HERE + "Round  record(int radius, @Nullable String name) implements " + HERE + "Shape",
            HERE + "Round.name()  @Nullable String",
            HERE + "Round.new(int, @Nullable String)  constructor",
            HERE + "Round.radius()  int");
  }

  @Test
  void aClassIsWhatItShows() {
    assertThat(PublicApi.of(Square.class))
        .containsExactly(
            HERE + "Square  final class implements " + HERE + "Shape",
            HERE + "Square.inherited()  void",
            HERE + "Square.name()  @Nullable String",
            HERE
                + "Square.of(T @Nullable ...)  static <T extends Comparable<T>> "
                + HERE
                + "Square");
  }

  @Test
  void anEnumIsItsConstants() {
    assertThat(PublicApi.of(Colour.class))
        .containsExactly(HERE + "Colour  enum", HERE + "Colour.RED  constant");
  }

  @Test
  void aDifferenceTellsWhatIsGoneAndWhatIsNewSideBySide() {
    assertThat(
            ApiFileTest.difference(
                List.of("A  class", "A.f()  int", "B  class"),
                List.of("A  class", "A.f()  long", "C  class")))
        .containsExactly("- A.f()  int", "+ A.f()  long", "- B  class", "+ C  class");
  }
}

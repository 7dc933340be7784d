package dev.alcada;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The map of the rooms has every room, and the pictures can be read by everybody. */
class PagesTest {
  private static final Path MAP = Path.of("../.github/CONTRIBUTING.md");
  private static final Path SOURCES = Path.of("src/main/java/dev/alcada");

  static List<Path> pictures() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("docs"))) {
      return files.filter(file -> file.toString().endsWith(".svg")).sorted().toList();
    }
  }

  @Test
  void everyRoomIsOnTheMap() throws IOException {
    Set<String> rooms = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> SOURCES.relativize(file.getParent()).toString().replace('/', '.'))
          .forEach(rooms::add);
    }
    Set<String> onTheMap =
        Files.readAllLines(MAP).stream()
            .filter(line -> line.matches("\\| [○●] .*"))
            .map(line -> line.split("\\|", -1)[1].replaceAll("\\*`.*?`\\*", ""))
            .flatMap(cell -> Pattern.compile("`(.*?)`").matcher(cell).results())
            .map(room -> room.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(onTheMap)
        .as("%s: a room that is there has a row, and its name is not in italics", MAP)
        .containsAll(rooms);
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void aPictureIsToldInWordsAndDrawnForLightAndDark(Path picture) throws Exception {
    Element svg = svg(picture);

    assertThat(svg.getAttribute("role")).isEqualTo("img");
    assertThat(texts(svg, "title")).singleElement().asString().isNotBlank();
    assertThat(texts(svg, "desc")).singleElement().asString().isNotBlank();
    assertThat(svg.getAttribute("aria-labelledby")).isEqualTo("title desc");
    assertThat(Files.readString(picture)).contains("prefers-color-scheme: dark");
  }

  @Test
  void thePictureOfAnApprovalHasEveryState() throws Exception {
    assertThat(texts(svg(Path.of("docs/approval-states.svg")), "text"))
        .containsAll(Stream.of(ApprovalState.values()).map(ApprovalState::toString).toList());
  }

  @Test
  void thePictureOfACallHasEveryStepInItsOrder() throws Exception {
    assertThat(texts(svg(Path.of("docs/life-of-a-call.svg")), "text"))
        .containsSubsequence("judge", "look", "ask", "reserve", "claim", "run", "settle");
  }

  private static Element svg(Path picture) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory.newDocumentBuilder().parse(picture.toFile()).getDocumentElement();
  }

  private static List<String> texts(Element svg, String name) {
    NodeList elements = svg.getElementsByTagName(name);
    return IntStream.range(0, elements.getLength())
        .mapToObj(i -> elements.item(i).getTextContent().strip())
        .toList();
  }
}

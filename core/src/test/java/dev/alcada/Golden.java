package dev.alcada;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that hold what something looks like to the letter. With {@code -Dalcada.golden=accept} they
 * are written anew, to be read before they are committed.
 */
public final class Golden {
  private Golden() {}

  /** Compares a text with a file beside a test's other resources. */
  public static void assertSame(Class<?> test, String name, String text) throws IOException {
    Path file =
        Path.of("src/test/resources", test.getPackageName().replace('.', '/')).resolve(name);
    if ("accept".equals(System.getProperty("alcada.golden"))) {
      Files.writeString(file, text);
    }
    assertThat(text).isEqualTo(read(test, name));
  }

  /** {@return what the file holds} */
  public static String read(Class<?> test, String name) throws IOException {
    return Files.readString(
        Path.of("src/test/resources", test.getPackageName().replace('.', '/')).resolve(name));
  }
}

package dev.alcada;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The class path of the tests without some of its jars. */
public final class OtherClassPath {
  private final String jar;

  private OtherClassPath(String jar) {
    this.jar = jar;
  }

  /**
   * Returns the class path without the jars of an artifact.
   *
   * @param artifact what their names begin with
   */
  public static OtherClassPath without(String artifact) {
    return new OtherClassPath(artifact + "-");
  }

  /**
   * Runs a program there.
   *
   * @param program a class with a static method {@code run} that returns text
   * @return the text
   */
  public String run(Class<?> program) throws Exception {
    List<URL> kept = new ArrayList<>();
    boolean found = false;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      boolean left = Path.of(entry).getFileName().toString().startsWith(jar);
      found |= left;
      if (!left) {
        kept.add(url(entry));
      }
    }
    if (!found) {
      throw new AssertionError("there is no " + jar + " to leave out");
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(kept.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Method run = loader.loadClass(program.getName()).getDeclaredMethod("run");
      run.setAccessible(true);
      return String.valueOf(run.invoke(null));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL url(String entry) throws MalformedURLException {
    return new File(entry).toURI().toURL();
  }
}

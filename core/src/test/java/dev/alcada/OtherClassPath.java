package dev.alcada;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The class path of the tests without one of its jars, or without some classes. */
public final class OtherClassPath {
  private final String jar;
  private final Set<String> classes;

  private OtherClassPath(String jar, Set<String> classes) {
    this.jar = jar;
    this.classes = classes;
  }

  /**
   * Returns the class path without the jars of an artifact.
   *
   * @param artifact what their names begin with
   */
  public static OtherClassPath without(String artifact) {
    return new OtherClassPath(artifact + "-", Set.of());
  }

  /**
   * Returns the class path as it would be with an older version of a library.
   *
   * @param names the classes that the older version does not have
   */
  public static OtherClassPath withoutClasses(String... names) {
    return new OtherClassPath("", Set.of(names));
  }

  /**
   * Runs a program there.
   *
   * @param program a class with a static method {@code run} that returns text
   * @return the text
   */
  public String run(Class<?> program) throws Exception {
    List<URL> kept = new ArrayList<>();
    boolean found = jar.isEmpty();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      boolean left = !jar.isEmpty() && Path.of(entry).getFileName().toString().startsWith(jar);
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
        new URLClassLoader(kept.toArray(new URL[0]), ClassLoader.getPlatformClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (classes.contains(name)) {
              throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
          }
        }) {
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

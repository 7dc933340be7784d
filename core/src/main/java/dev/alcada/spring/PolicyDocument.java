package dev.alcada.spring;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.policy.PolicyFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;

/**
 * The policy that {@code alcada.policy} names: a resource of the class path, a file that is
 * watched, the document itself, or that of a bean.
 */
final class PolicyDocument implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyDocument.class);

  private final String source;
  private final @Nullable Policy policy;
  private final @Nullable Path file;
  private volatile @Nullable PolicyFile watch;

  private PolicyDocument(String source, @Nullable Policy policy, @Nullable Path file) {
    this.source = source;
    this.policy = policy;
    this.file = file;
  }

  static PolicyDocument of(String value, ResourceLoader resources) {
    String text = value.strip();
    if (text.equals("bean")) {
      return new PolicyDocument("bean", null, null);
    }
    if (text.startsWith("classpath:") || text.startsWith("file:")) {
      return named(text, resources.getResource(text));
    }
    if (text.startsWith("{") || text.contains("\n")) {
      return new PolicyDocument("the property itself", parsed("holds a document", value), null);
    }
    throw new StartFailure(
        Settings.POLICY + " is \"" + text + "\", which is neither a place nor a document",
        "write classpath:" + text + " or file:" + text);
  }

  private static PolicyDocument named(String location, Resource resource) {
    String names = "names " + location + ",";
    try {
      if (location.startsWith("file:")) {
        Path path = resource.getFile().toPath();
        if (Files.notExists(path)) {
          throw new FileNotFoundException(path.toString());
        }
        return new PolicyDocument(location, loaded(names, path), path);
      }
      return new PolicyDocument(
          location, parsed(names, resource.getContentAsString(StandardCharsets.UTF_8)), null);
    } catch (FileNotFoundException e) {
      throw new StartFailure(
          Settings.POLICY + " " + names + " which is not there",
          "put the file there or correct the property",
          e);
    } catch (IOException e) {
      throw new StartFailure(
          Settings.POLICY + " " + names + " which cannot be read: " + e.getMessage(),
          "make it readable or correct the property",
          e);
    }
  }

  private static Policy parsed(String which, String document) {
    try {
      return Policy.parse(document);
    } catch (PolicyException e) {
      throw broken(which, e);
    }
  }

  private static Policy loaded(String which, Path path) {
    try {
      return Policy.load(path);
    } catch (PolicyException e) {
      throw broken(which, e);
    }
  }

  private static StartFailure broken(String which, PolicyException e) {
    return new StartFailure(
        Settings.POLICY
            + " "
            + which
            + " which is no policy: "
            + e.problems().stream().map(Object::toString).collect(Collectors.joining("; ")),
        "correct the document",
        e);
  }

  /** {@return the policy, or null if it is that of a bean} */
  @Nullable Policy policy() {
    return policy;
  }

  /** {@return where it comes from, in a word or two} */
  String source() {
    return source;
  }

  /** Puts each later content of the file in force, if it is one. */
  void follow(ToolGuard guard) {
    if (file != null) {
      watch =
          PolicyFile.watch(
              file,
              guard::replacePolicy,
              problem ->
                  LOG.error(
                      "{} changed and is not in force; the last good policy is", source, problem));
    }
  }

  @Override
  public void close() {
    PolicyFile running = watch;
    if (running != null) {
      running.close();
    }
  }
}

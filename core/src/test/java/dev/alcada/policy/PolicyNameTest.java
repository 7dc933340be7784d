package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a policy is from, what its messages call it, and which revision it is. */
class PolicyNameTest {
  private static final String OPEN = "{\"version\": \"1\", \"default\": \"deny\"}";
  private static final String BROKEN = "{\"version\": \"1\", \"default\": \"ask\"}";

  private static URL resource(String name) {
    return Objects.requireNonNull(PolicyNameTest.class.getResource(name), name);
  }

  @Test
  void aResourceOfTheClassPathIsLoaded() {
    Policy policy = Policy.load(resource("doubtful/max-zero.json"));

    assertThat(policy).isEqualTo(Policy.load(Corpus.path("doubtful/max-zero.json")));
    assertThat(policy.name()).isEqualTo(resource("doubtful/max-zero.json").toString());
    assertThat(policy.warnings()).hasSize(1);
  }

  @Test
  void aResourceWithinAJarIsLoadedAndTheJarIsLetGo(@TempDir Path folder) throws IOException {
    Path jar = folder.resolve("app.jar");
    write(jar, OPEN);
    URL url = new URL("jar:" + jar.toUri() + "!/policy.json");

    assertThat(Policy.load(url).hide()).isEmpty();
    write(jar, "{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"pay\"]}");
    assertThat(Policy.load(url).hide()).containsExactly("pay");
    Files.delete(jar);
  }

  private static void write(Path jar, String policy) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file)) {
      entries.putNextEntry(new ZipEntry("policy.json"));
      entries.write(policy.getBytes(StandardCharsets.UTF_8));
      entries.closeEntry();
    }
  }

  @Test
  void messagesBeginWithTheName(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("payments.json"), BROKEN);

    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.load(file))
        .withMessageStartingWith(file + " has a problem:\n  /default");
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.load(file.toUri().toURL()))
        .withMessageStartingWith(file.toUri().toURL() + " has a problem:");
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.parse(BROKEN, "the policy of tenant 7\u200b"))
        .withMessageStartingWith("the policy of tenant 7\\u200b has a problem:");
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.parse(BROKEN))
        .withMessageStartingWith("The policy has a problem:");
  }

  @Test
  void whatIsNotThereIsSaidSo() throws MalformedURLException {
    URL missing = new URL(resource("doubtful/max-zero.json") + ".bak");

    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.load(missing))
        .withMessageStartingWith(missing.toString())
        .withMessageContaining("no readable resource");
    assertThatNullPointerException()
        .isThrownBy(() -> Policy.load(PolicyNameTest.class.getResource("none.json")))
        .withMessageContaining("is the document on the class path?");
  }

  @Test
  void theNameIsNoPartOfWhatAPolicySays() {
    Policy one = Policy.parse(OPEN, "one");
    Policy other = Policy.parse("# the same\ndefault: deny\nversion: '1'\n", "other");

    assertThat(one.name()).isEqualTo("one");
    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    assertThat(one.revision()).isEqualTo(other.revision()).hasSize(64);
    assertThat(one.revision()).isNotEqualTo(Policy.parse(OPEN.replace("deny", "allow")).revision());
    assertThat(Policy.builder().defaultAction(Policy.DefaultAction.DENY).build().revision())
        .isEqualTo(one.revision());
  }

  @Test
  void numbersOfAnyLengthHaveARevision() {
    String document =
        """
        {"version": "1", "default": "deny", "tools": {"t": {"require": [
          {"conditions": [{"path": "args.n", "op": "lt", "value": %s}]}]}}}""";

    assertThat(Policy.parse(document.formatted("9".repeat(1000))).revision()).hasSize(64);
    assertThat(Policy.parse(document.formatted("-1.5e-10000")).revision()).hasSize(64);
    assertThat(Policy.parse(document.formatted("123e10000")).revision()).hasSize(64);
  }
}

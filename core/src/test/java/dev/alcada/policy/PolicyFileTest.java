package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alcada.policy.Policy.DefaultAction;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFileTest {
  private static final String DENY = "{\"version\": \"1\", \"default\": \"deny\"}";
  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String BROKEN = "{\"version\": \"1\", \"default\": \"ask\"}";

  @TempDir private Path folder;
  private Path path;
  private final List<DefaultAction> changes = new ArrayList<>();
  private final List<PolicyException> errors = new ArrayList<>();

  @BeforeEach
  void writeTheFirst() throws IOException {
    path = folder.resolve("policy.json");
    Files.writeString(path, DENY);
  }

  private PolicyFile watch() {
    return new PolicyFile(path, policy -> changes.add(policy.defaultAction()), errors::add);
  }

  private static void look(PolicyFile file) {
    file.poll();
    file.poll();
  }

  @Test
  void aChangeIsTakenOver() throws IOException {
    try (PolicyFile file = watch()) {
      assertThat(file.policy().defaultAction()).isEqualTo(DefaultAction.DENY);
      look(file);
      assertThat(changes).isEmpty();
      Files.writeString(path, ALLOW);
      look(file);
      assertThat(changes).containsExactly(DefaultAction.ALLOW);
      assertThat(file.policy().defaultAction()).isEqualTo(DefaultAction.ALLOW);
      look(file);
      assertThat(changes).hasSize(1);
    }
  }

  @Test
  void aDocumentThatHaltsDoesSoEvenIfItDoesNotLoad() throws IOException {
    List<@Nullable String> halts = new ArrayList<>();
    try (PolicyFile file =
        new PolicyFile(path, policy -> halts.add(policy.halted()), errors::add)) {
      Files.writeString(path, "{\"version\": \"1\", \"halt\": \"Stop.\", \"default\": \"ask\"}");
      look(file);
      assertThat(halts).containsExactly("Stop.");
      assertThat(errors).hasSize(1);
      assertThat(file.policy().defaultAction()).isEqualTo(DefaultAction.DENY);

      // Cut off, and with another mistake: it stays halted, until a document without it loads.
      Files.writeString(path, "{\"version\": \"1\", \"halt\": \"Stop.\", \"tools\": {");
      look(file);
      Files.writeString(path, BROKEN);
      look(file);
      assertThat(halts).containsExactly("Stop.");
      assertThat(errors).hasSize(3);
      assertThat(file.policy().halted()).isEqualTo("Stop.");

      Files.writeString(path, DENY);
      look(file);
      assertThat(halts).containsExactly("Stop.", null);
    }
  }

  @Test
  void anEditorThatWritesInStepsIsWaitedFor() throws IOException {
    try (PolicyFile file = watch()) {
      Files.writeString(path, "");
      file.poll();
      Files.writeString(path, ALLOW.substring(0, 20));
      file.poll();
      Files.writeString(path, ALLOW);
      file.poll();
      assertThat(changes).isEmpty();
      file.poll();
      assertThat(changes).containsExactly(DefaultAction.ALLOW);
      assertThat(errors).isEmpty();
    }
  }

  @Test
  void aFileMovedIntoPlaceIsTakenOver() throws IOException {
    try (PolicyFile file = watch()) {
      Path other = Files.writeString(folder.resolve("policy.json~"), ALLOW);
      Files.setLastModifiedTime(other, Files.getLastModifiedTime(path));
      Files.move(other, path, StandardCopyOption.ATOMIC_MOVE);
      look(file);
      assertThat(changes).containsExactly(DefaultAction.ALLOW);
    }
  }

  @Test
  void aSwappedLinkIsTakenOver() throws IOException {
    Path first = Files.createDirectory(folder.resolve("..first"));
    Path second = Files.createDirectory(folder.resolve("..second"));
    Files.writeString(first.resolve("policy.json"), DENY);
    Files.writeString(second.resolve("policy.json"), ALLOW);
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
    Files.delete(path);
    Files.createSymbolicLink(path, data.resolve("policy.json"));
    try (PolicyFile file = watch()) {
      Path swapped = Files.createSymbolicLink(folder.resolve("..data_tmp"), second);
      Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
      look(file);
      assertThat(changes).containsExactly(DefaultAction.ALLOW);
    }
  }

  @Test
  void whatDoesNotLoadIsReportedOnceAndLeavesTheLastGoodPolicy() throws IOException {
    try (PolicyFile file = watch()) {
      Files.writeString(path, BROKEN);
      look(file);
      look(file);
      assertThat(errors).hasSize(1);
      assertThat(errors.get(0))
          .hasMessageContaining("/default")
          .hasMessageContaining("policy.json");
      assertThat(file.policy().defaultAction()).isEqualTo(DefaultAction.DENY);
      Files.writeString(path, ALLOW);
      look(file);
      assertThat(changes).containsExactly(DefaultAction.ALLOW);
    }
  }

  @Test
  void aFileThatGoesIsReportedAndTakenOverWhenItComesBack() throws IOException {
    try (PolicyFile file = watch()) {
      Files.delete(path);
      look(file);
      look(file);
      assertThat(errors).hasSize(1);
      Files.writeString(path, ALLOW);
      look(file);
      assertThat(changes).containsExactly(DefaultAction.ALLOW);
    }
  }

  @Test
  void anotherLayoutOfTheSamePolicyIsNoChange() throws IOException {
    try (PolicyFile file = watch()) {
      Files.writeString(path, "# the same\nversion: '1'\ndefault: deny\n");
      look(file);
      assertThat(changes).isEmpty();
      assertThat(errors).isEmpty();
    }
  }

  @Test
  void receiversThatThrowDoNotEndTheWatch() throws IOException {
    List<DefaultAction> seen = new ArrayList<>();
    try (PolicyFile file =
        new PolicyFile(
            path,
            policy -> {
              seen.add(policy.defaultAction());
              throw new IllegalStateException("no");
            },
            problem -> {
              throw new AssertionError("no");
            })) {
      Files.writeString(path, ALLOW);
      look(file);
      Files.writeString(path, BROKEN);
      look(file);
      Files.writeString(path, DENY);
      look(file);
      assertThat(seen).containsExactly(DefaultAction.ALLOW, DefaultAction.DENY);
    }
  }

  @Test
  void nothingIsTakenOverAfterClose() throws IOException {
    PolicyFile file = watch();
    file.close();
    file.close();
    Files.writeString(path, ALLOW);
    look(file);
    assertThat(changes).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {ALLOW, BROKEN})
  void nothingIsHandedOverThatWasReadAsTheWatchWasClosed(String text) throws IOException {
    AtomicReference<PolicyFile> watch = new AtomicReference<>();
    path = onEachLook(path, () -> Optional.ofNullable(watch.get()).ifPresent(PolicyFile::close));
    PolicyFile file = watch();
    Files.writeString(folder.resolve("policy.json"), text);
    file.poll();
    watch.set(file);
    file.poll();
    assertThat(changes).isEmpty();
    assertThat(errors).isEmpty();
    assertThat(file.policy().defaultAction()).isEqualTo(DefaultAction.DENY);
  }

  /** Whatever were thrown from a look, the timer would never look again. */
  @Test
  void aLookThatFailsDoesNotEndTheWatch() throws IOException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    path = onEachLook(path, () -> throwIfAny(failure.get()));
    try (PolicyFile file = watch()) {
      failure.set(new ClosedFileSystemException());
      look(file);
      look(file);
      assertThat(errors).hasSize(1);
      assertThat(errors.get(0)).hasMessageContaining("no readable file");
      failure.set(new OutOfMemoryError("no"));
      look(file);
      failure.set(null);
      Files.writeString(folder.resolve("policy.json"), ALLOW);
      look(file);
      assertThat(changes).containsExactly(DefaultAction.ALLOW);
    }
  }

  private static void throwIfAny(@Nullable Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** The same path, which does something first whenever a file is opened. */
  private static Path onEachLook(Path path, Runnable first) {
    return (Path)
        Proxy.newProxyInstance(
            PolicyFileTest.class.getClassLoader(),
            new Class<?>[] {Path.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("toAbsolutePath")) {
                first.run();
              }
              return method.invoke(path, arguments);
            });
  }

  @Test
  void aFileThatDoesNotLoadAtFirstIsNotWatched() throws IOException {
    Files.writeString(path, BROKEN);
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> PolicyFile.watch(path, policy -> {}, errors::add));
  }

  /** What was read before may be an older document. */
  @Test
  void thePolicyFoundFirstIsHandedOverAtOnce() {
    AtomicReference<Policy> inForce = new AtomicReference<>();
    try (PolicyFile file = PolicyFile.watch(path, inForce::set, errors::add)) {
      assertThat(inForce.get()).isEqualTo(Policy.parse(DENY)).isSameAs(file.policy());
    }
  }

  @Test
  void theFileIsLookedAtUnasked() throws Exception {
    BlockingQueue<Policy> policies = new LinkedBlockingQueue<>();
    try (PolicyFile file = PolicyFile.watch(path, policies::add, errors::add)) {
      assertThat(policies.remove()).isEqualTo(Policy.parse(DENY));
      Files.writeString(path, ALLOW);
      assertThat(policies.poll(30, TimeUnit.SECONDS)).isNotNull().isEqualTo(file.policy());
    }
  }
}

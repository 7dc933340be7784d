package dev.alcada.counter.memory;

import dev.alcada.counter.CounterStore;
import dev.alcada.time.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The classes of a room loaded anew, as they are or with {@link Faults} before each call and each
 * allocation. The seam is the one that everybody else uses.
 */
public final class FaultyRoom extends ClassLoader {
  private static final String ROOM = "dev.alcada.counter.memory.";
  private static final String FAULTS = Type.getInternalName(Faults.class);

  private final Predicate<String> anew;
  private final Predicate<String> faulty;

  private FaultyRoom(Predicate<String> anew, Predicate<String> faulty) {
    super(FaultyRoom.class.getClassLoader());
    this.anew = anew;
    this.faulty = faulty;
  }

  static FaultyRoom withFaults() {
    return new FaultyRoom(name -> name.startsWith(ROOM), name -> true);
  }

  static FaultyRoom asItIs() {
    return new FaultyRoom(name -> name.startsWith(ROOM), name -> false);
  }

  /**
   * Returns another room.
   *
   * @param anew which classes are loaded anew, by name
   * @param faulty which of these have faults
   */
  public static FaultyRoom of(Predicate<String> anew, Predicate<String> faulty) {
    return new FaultyRoom(anew, faulty);
  }

  /** {@return an empty store of classes of its own} */
  CounterStore store(TimeSource time, int maxKeysPerCounter) {
    try {
      Object builder =
          loadClass(InMemoryCounterStore.class.getName()).getMethod("builder").invoke(null);
      Class<?> type = builder.getClass();
      type.getMethod("timeSource", TimeSource.class).invoke(builder, time);
      type.getMethod("maxKeysPerCounter", int.class).invoke(builder, maxKeysPerCounter);
      return (CounterStore) type.getMethod("build").invoke(builder);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  static int liveKeys(CounterStore store) {
    try {
      return (int) store.getClass().getMethod("liveKeys").invoke(store);
    } catch (InvocationTargetException e) {
      throw (Error) e.getCause();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!anew.test(name) || name.startsWith(Faults.class.getName())) {
      return super.loadClass(name, resolve);
    }
    Class<?> known = findLoadedClass(name);
    return known != null ? known : defined(name);
  }

  private Class<?> defined(String name) {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      byte[] bytes = in.readAllBytes();
      byte[] code = faulty.test(name) ? withFaults(bytes) : bytes;
      return defineClass(name, code, 0, code.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] withFaults(byte[] code) {
    ClassReader reader = new ClassReader(code);
    ClassWriter writer = new ClassWriter(reader, 0);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access,
              String name,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            return new WithFaults(
                super.visitMethod(access, name, descriptor, signature, exceptions));
          }
        },
        0);
    return writer.toByteArray();
  }

  /** Puts a fault before whatever may throw because the stack or the memory ends. */
  private final class WithFaults extends MethodVisitor {
    WithFaults(MethodVisitor writer) {
      super(Opcodes.ASM9, writer);
    }

    private void fault(String which) {
      super.visitMethodInsn(Opcodes.INVOKESTATIC, FAULTS, which, "()V", false);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      // What others do may make objects of which nothing is seen here.
      fault(anew.test(owner.replace('/', '.')) ? "call" : "allocation");
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      fault("call");
      super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      super.visitTypeInsn(opcode, type);
      // After it, which is as good: the frames of the method point at where it stands.
      if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
        fault("allocation");
      }
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      if (opcode == Opcodes.NEWARRAY) {
        fault("allocation");
      }
      super.visitIntInsn(opcode, operand);
    }
  }
}

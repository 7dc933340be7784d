package dev.alcada;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The public API of a module, one line for each type and each of its members: what its users can
 * name, call, implement or take apart. Sorted, so that two of them are easily compared.
 */
final class PublicApi {
  /** What every object has. */
  private static final Set<String> OBJECT = Set.of("equals", "hashCode", "toString");

  private final TreeSet<String> lines = new TreeSet<>();

  private PublicApi() {}

  /**
   * {@return the API of the packages that a compiled module exports}
   *
   * @param classes the folder of its classes
   */
  static List<String> of(Path classes) throws IOException {
    PublicApi api = new PublicApi();
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      for (ModuleDescriptor.Exports exported : ModuleDescriptor.read(in).exports()) {
        api.addPackage(classes, exported.source());
      }
    }
    return List.copyOf(api.lines);
  }

  /** {@return the lines of some types} */
  static List<String> of(Class<?>... types) {
    PublicApi api = new PublicApi();
    Arrays.stream(types).forEach(api::add);
    return List.copyOf(api.lines);
  }

  private void addPackage(Path classes, String name) throws IOException {
    try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
      files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
          .map(file -> load(name + "." + file.substring(0, file.length() - ".class".length())))
          .filter(PublicApi::exposed)
          .forEach(this::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PublicApi.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean exposed(Class<?> type) {
    return exposed(type.getModifiers())
        && !type.isAnonymousClass()
        && (type.getDeclaringClass() == null || exposed(type.getDeclaringClass()));
  }

  private static boolean exposed(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private void add(Class<?> type) {
    String name = type.getCanonicalName();
    lines.add(name + "  " + declaration(type));
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (exposed(constructor.getModifiers()) && !constructor.isSynthetic()) {
        addCode(name + ".new", constructor, modifiers(constructor.getModifiers()) + "constructor");
      }
    }
    // What a hidden superclass has, its subclass has for all its users.
    Class<?> owner = type;
    do {
      addMembers(name, owner);
      owner = owner.getSuperclass();
    } while (owner != null && !exposed(owner));
  }

  private void addMembers(String name, Class<?> owner) {
    for (Field field : owner.getDeclaredFields()) {
      if (exposed(field.getModifiers()) && !field.isSynthetic()) {
        lines.add(name + "." + field.getName() + "  " + declaration(field));
      }
    }
    for (Method method : owner.getDeclaredMethods()) {
      boolean given = owner.isEnum() && Set.of("values", "valueOf").contains(method.getName());
      if (exposed(method.getModifiers())
          && !method.isSynthetic()
          && !given
          && !OBJECT.contains(method.getName())) {
        String modifiers =
            modifiers(method.getModifiers()) + (method.isDefault() ? "default " : "");
        addCode(
            name + "." + method.getName(),
            method,
            modifiers
                + variables(method.getTypeParameters()).replaceFirst(">$", "> ")
                + text(method.getAnnotatedReturnType()));
      }
    }
  }

  private void addCode(String name, Executable code, String declaration) {
    String parameters =
        Arrays.stream(code.getAnnotatedParameterTypes())
            .map(PublicApi::text)
            .collect(joining(", "));
    if (code.isVarArgs()) {
      parameters = parameters.substring(0, parameters.length() - "[]".length()) + "...";
    }
    lines.add(
        name
            + "("
            + parameters
            + ")  "
            + declaration
            + list(" throws ", code.getAnnotatedExceptionTypes()));
  }

  private static String declaration(Field field) {
    if (field.isEnumConstant()) {
      return "constant";
    }
    return modifiers(field.getModifiers()) + text(field.getAnnotatedType()) + value(field);
  }

  /** Compilers copy such values into the code of users. */
  private static String value(Field field) {
    boolean copied =
        Modifier.isStatic(field.getModifiers())
            && Modifier.isFinal(field.getModifiers())
            && (field.getType().isPrimitive() || field.getType() == String.class);
    try {
      return copied && field.trySetAccessible() ? " = " + field.get(null) : "";
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String declaration(Class<?> type) {
    boolean plain = !type.isInterface() && !type.isEnum() && !type.isRecord();
    String kind =
        type.isAnnotation()
            ? "annotation"
            : type.isInterface()
                ? "interface"
                : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    String components = type.isRecord() ? components(type) : "";
    String permitted =
        type.isSealed()
            ? Arrays.stream(type.getPermittedSubclasses())
                .map(Class::getCanonicalName)
                .sorted()
                .collect(joining(", ", " permits ", ""))
            : "";
    Class<?> above = plain ? type.getSuperclass() : null;
    return (plain ? modifiers(type.getModifiers() & ~Modifier.STATIC) : "")
        + (type.isSealed() ? "sealed " : "")
        + kind
        + variables(type.getTypeParameters())
        + components
        + (above != null && above != Object.class && exposed(above)
            ? " extends " + text(type.getAnnotatedSuperclass())
            : "")
        + list(type.isInterface() ? " extends " : " implements ", type.getAnnotatedInterfaces())
        + permitted;
  }

  private static String components(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(component -> text(component.getAnnotatedType()) + " " + component.getName())
        .collect(joining(", ", "(", ")"));
  }

  private static String modifiers(int modifiers) {
    return (Modifier.isProtected(modifiers) ? "protected " : "")
        + (Modifier.isStatic(modifiers) ? "static " : "")
        + (Modifier.isAbstract(modifiers) ? "abstract " : "")
        + (Modifier.isFinal(modifiers) ? "final " : "");
  }

  private static String variables(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(variable -> variable.getName() + bounds(variable.getAnnotatedBounds()))
            .collect(joining(", ", "<", ">"));
  }

  private static String bounds(AnnotatedType[] bounds) {
    String text = Arrays.stream(bounds).map(PublicApi::text).collect(joining(" & "));
    return text.isEmpty() || text.equals("Object") ? "" : " extends " + text;
  }

  private static String list(String before, AnnotatedType[] types) {
    return types.length == 0
        ? ""
        : Arrays.stream(types).map(PublicApi::text).sorted().collect(joining(", ", before, ""));
  }

  private static String text(AnnotatedType type) {
    boolean nullable =
        Arrays.stream(type.getAnnotations())
            .anyMatch(annotation -> annotation.annotationType().getSimpleName().equals("Nullable"));
    if (type instanceof AnnotatedArrayType array) {
      return text(array.getAnnotatedGenericComponentType()) + (nullable ? " @Nullable []" : "[]");
    }
    return (nullable ? "@Nullable " : "") + name(type);
  }

  private static String name(AnnotatedType type) {
    if (type instanceof AnnotatedParameterizedType parameterized) {
      Class<?> raw = (Class<?>) ((ParameterizedType) type.getType()).getRawType();
      return Arrays.stream(parameterized.getAnnotatedActualTypeArguments())
          .map(PublicApi::text)
          .collect(joining(", ", name(raw) + "<", ">"));
    } else if (type instanceof AnnotatedWildcardType wildcard) {
      return wildcard.getAnnotatedLowerBounds().length > 0
          ? "? super " + text(wildcard.getAnnotatedLowerBounds()[0])
          : "?" + bounds(wildcard.getAnnotatedUpperBounds());
    } else if (type instanceof AnnotatedTypeVariable) {
      return type.getType().getTypeName();
    }
    return name((Class<?>) type.getType());
  }

  private static String name(Class<?> type) {
    String name = type.getCanonicalName();
    boolean plain = type.getPackageName().equals("java.lang") && !type.isPrimitive();
    return plain ? name.substring("java.lang.".length()) : name;
  }
}

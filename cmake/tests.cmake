# Fuzz targets: tests/fuzz/MODULE_NAME_fuzz.cc states a law of src/MODULE. With PFORTE_FUZZ they can search for a counterexample. The corpus
# (tests/fuzz/corpus/MODULE_NAME) is replayed as an ordinary test in every build.
file(GLOB fuzz_targets CONFIGURE_DEPENDS tests/fuzz/*_fuzz.cc)
foreach(source IN LISTS fuzz_targets)
  cmake_path(GET source STEM name)
  string(REPLACE "_fuzz" "" corpus ${name})
  if(PFORTE_FUZZ)
    add_executable(${name} ${source})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${name} COMMAND ${name} -runs=0 ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${corpus})
  else()
    add_executable(${name} ${source} tests/fuzz/replay.cc)
    add_test(NAME ${name} COMMAND ${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${corpus})
  endif()
  string(REGEX MATCH "^[a-z]+" module ${name})
  target_link_libraries(${name} PRIVATE pforte_${module})
endforeach()

# What only starts tests need not be fast; the test framework's own code is most of what a test program compiles.
set_source_files_properties(tests/main.cc tests/fuzz/replay.cc PROPERTIES COMPILE_OPTIONS "-O0;-g0")

# System tests: the program of this build between real clients and scripted backends. One test per file, so that files run side by
# side; those that measure time or fill the machine run alone.
set(alone test_faults test_observability test_slow_clients test_streaming)
set(many_threads test_reload test_faults)
file(GLOB system_tests CONFIGURE_DEPENDS tests/system/test_*.py)
foreach(file IN LISTS system_tests)
  cmake_path(GET file STEM stem)
  string(REPLACE "test_" "system_" name ${stem})
  add_test(NAME ${name} COMMAND /usr/bin/python3 -B -m pytest -q -p no:cacheprovider ${file})
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "PFORTE=$<TARGET_FILE:pforte>" LABELS system TIMEOUT 600)
  if(stem IN_LIST alone)
    set_tests_properties(${name} PROPERTIES RUN_SERIAL TRUE)
  endif()
  if(stem IN_LIST many_threads)
    set_tests_properties(${name} PROPERTIES LABELS "system;threads")
  endif()
endforeach()

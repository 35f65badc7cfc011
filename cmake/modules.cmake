# What starts a test program, most of it the framework's own code: compiled once for all, and need not be fast.
add_library(test_main OBJECT tests/main.cc)
target_compile_options(test_main PRIVATE -O0 -g0)
set_target_properties(test_main PROPERTIES UNITY_BUILD OFF)

# What each request passes through: where PFORTE_LTO is on, these modules are optimized as one, and where there is a
# PFORTE_PROFILE, by it.
set(request_path base crypto net tls coding http session policy cache contact capture gate)

# Under sanitizers, these modules take longer to be optimized than that saves their tests, which mostly wait for others.
set(unhurried acme admin alarm app authority demo gate identity inventory)

# One library per folder of src/, linked to what tools/layers.txt lets it use; one test program per library.
file(STRINGS tools/layers.txt layers REGEX "^[a-z]+:")
foreach(layer IN LISTS layers)
  string(REGEX MATCH "^([a-z]+): *(.*)$" _ "${layer}")
  set(module ${CMAKE_MATCH_1})
  separate_arguments(uses UNIX_COMMAND "${CMAKE_MATCH_2}")
  list(TRANSFORM uses PREPEND pforte_)
  set(library pforte_${module})

  file(GLOB sources CONFIGURE_DEPENDS src/${module}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  if(sources)
    add_library(${library} STATIC ${sources})
    target_include_directories(${library} PUBLIC src)
    target_link_libraries(${library} PUBLIC ${uses} Threads::Threads ${outside_${module}})
    set_target_properties(${library} PROPERTIES UNITY_BUILD_BATCH_SIZE ${PFORTE_BATCH})
    # Tests and main() are not.
    target_compile_options(${library} PRIVATE ${searched})
    if(PFORTE_SANITIZE AND module IN_LIST unhurried)
      target_compile_options(${library} PRIVATE -O0)
    endif()
    if(PFORTE_LTO AND module IN_LIST request_path)
      target_compile_options(${library} PRIVATE -flto=thin)
    endif()
    if(module IN_LIST request_path)
      target_compile_options(${library} PRIVATE ${profiling})
    endif()
  else()
    add_library(${library} INTERFACE)
    target_include_directories(${library} INTERFACE src)
    target_link_libraries(${library} INTERFACE ${uses} ${outside_${module}})
  endif()

  if(tests)
    add_executable(${module}_test ${tests})
    target_link_libraries(${module}_test PRIVATE ${library} test_main)
    set_target_properties(${module}_test PROPERTIES UNITY_BUILD_BATCH_SIZE ${PFORTE_BATCH})
    # Optimizing a test takes longer than running it; what it tests is optimized.
    if(PFORTE_SANITIZE)
      target_compile_options(${module}_test PRIVATE -O0)
    endif()
    add_test(NAME ${module} COMMAND ${module}_test)
  endif()
endforeach()

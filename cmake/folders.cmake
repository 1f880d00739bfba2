# With CMAKE_UNITY_BUILD, as ./run and ./test set it, the sources of a folder are compiled as one: headers are read and
# templates instantiated once for all of them, and a whole build takes a fraction of the time. (So names in the anonymous
# namespaces of a folder differ.) Without it each source is compiled by itself, which who changes the program wants. PARTS
# divides a large folder, so that all processors have work.
function(compile_by_folder target)
  cmake_parse_arguments(PARSE_ARGV 1 given "" PARTS "")
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  set(part 0)
  foreach(source ${sources})
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    if(given_PARTS)
      math(EXPR part "(${part} + 1) % ${given_PARTS}")
    endif()
    string(MAKE_C_IDENTIFIER ${folder}_${part} group)
    set_property(SOURCE ${source} PROPERTY UNITY_GROUP ${group})
  endforeach()
endfunction()

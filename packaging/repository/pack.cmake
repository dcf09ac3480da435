# cmake -D DIRECTORY=… -D CPACK=… -P pack.cmake: runs cpack there, unless its packages are there already.
file(GLOB packages ${DIRECTORY}/libcudnn*.deb ${DIRECTORY}/libcudnn*.rpm)
if(NOT packages AND EXISTS ${DIRECTORY}/CPackConfig.cmake)
  execute_process(COMMAND ${CPACK} --config ${DIRECTORY}/CPackConfig.cmake WORKING_DIRECTORY ${DIRECTORY}
                  COMMAND_ERROR_IS_FATAL ANY)
endif()

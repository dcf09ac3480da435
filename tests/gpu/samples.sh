# shellcheck shell=bash disable=SC2034  # sourced: the scripts beside it use what is here
# Sourced by the scripts of this folder: the three samples and where each lies.
sample_names=(mnistCUDNN conv_sample RNN)
declare -A sample_folder=([mnistCUDNN]=mnistCUDNN [conv_sample]=conv_sample [RNN]=RNN_v8.0)
